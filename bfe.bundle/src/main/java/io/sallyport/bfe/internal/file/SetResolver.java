package io.sallyport.bfe.internal.file;

import io.sallyport.bfe.internal.file.PolicyDocument.SetUse;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.policy.Condition;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds the sets that conditions name: those of the file by name or key, those that are there and stay by key, and what an
 * addition leaves to the provider by name as well.
 */
final class SetResolver {
    private final List<PolicySet> ofFile;
    private final PolicyState state;
    private final UUID provider;
    private final boolean isAddition;
    private final Map<UUID, UUID> keys = new HashMap<>();

    SetResolver(List<PolicySet> ofFile, PolicyState state, UUID provider, boolean isAddition) {
        this.ofFile = ofFile;
        this.state = state;
        this.provider = provider;
        this.isAddition = isAddition;
    }

    /**
     * Finds all of them.
     *
     * @param declared names in the file, also those of sets that have mistakes: nobody needs to hear of those twice
     */
    SetResolver resolve(Map<UUID, SetUse> uses, Set<String> declared, Problems problems) {
        if (isAddition) {
            own().forEach(it -> declared.add(it.display().name()));
        }
        uses.forEach((standIn, use) -> {
            String name = use.name().text();
            UUID key = find(name);
            if (key != null) {
                keys.put(standIn, key);
            } else if (!declared.contains(name)) {
                problems.error(
                        use.name(),
                        use.filter(),
                        use.path(),
                        "there is no set \"" + name + "\"" + Suggestions.didYouMean(name, declared),
                        Suggestions.nearest(name, declared));
            }
        });
        return this;
    }

    private @Nullable UUID find(String name) {
        UUID guid = ValueParser.guid(name);
        for (PolicySet it : ofFile) {
            if (it.display().name().equals(name) || it.key().equals(guid)) {
                return it.key();
            }
        }
        PolicySet there = guid == null ? null : state.set(guid);
        if (there != null && (isAddition || !provider.equals(there.provider()))) {
            return guid;
        }
        if (isAddition) {
            for (PolicySet it : own()) {
                if (it.display().name().equals(name)) {
                    return it.key();
                }
            }
        }
        return null;
    }

    private List<PolicySet> own() {
        return state.sets().stream()
                .filter(it -> provider.equals(it.provider()))
                .toList();
    }

    /** The conditions with the keys of the sets; null if one of these is unknown, which was said. */
    @Nullable List<Condition> resolved(List<Condition> conditions) {
        List<Condition> resolved = new ArrayList<>(conditions.size());
        for (Condition it : conditions) {
            if (it.value() instanceof Value.InSet named) {
                UUID key = keys.get(named.set());
                if (key == null) {
                    return null;
                }
                resolved.add(new Condition(it.field(), it.match(), new Value.InSet(key, named.kind())));
            } else {
                resolved.add(it);
            }
        }
        return resolved;
    }
}
