package io.sallyport.engine.internal.match;

import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetEntries;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The sets that the filters of a chunk name, and what is in them. An edit of a set makes new tests that point to its new
 * content, and compiles nothing. Management plane; stateless.
 */
final class SetLinks {
    private SetLinks() {}

    /** What a chunk is linked with now; empty if it names no set. */
    static Map<UUID, SetEntries> of(@Nullable ConditionGroup[][] residuals) {
        Map<UUID, SetEntries> sets = new HashMap<>();
        for (ConditionGroup[] rest : residuals) {
            if (rest != null) {
                for (ConditionGroup group : rest) {
                    group.addSetsTo(sets);
                }
            }
        }
        return Map.copyOf(sets);
    }

    /** Tells whether these are the contents that a chunk is linked with. */
    static boolean areSame(Map<UUID, SetEntries> linked, Map<UUID, SetEntries> sets) {
        for (Map.Entry<UUID, SetEntries> it : linked.entrySet()) {
            if (!it.getValue().equals(sets.get(it.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /**
     * The same tests with other contents.
     *
     * @throws PolicyException NOT_FOUND if a set is not there
     */
    static @Nullable ConditionGroup[][] linked(@Nullable ConditionGroup[][] residuals, Map<UUID, SetEntries> sets)
            throws PolicyException {
        @Nullable ConditionGroup[][] linked = residuals.clone();
        for (int i = 0; i < linked.length; i++) {
            ConditionGroup[] rest = linked[i];
            if (rest != null) {
                ConditionGroup[] groups = rest.clone();
                for (int j = 0; j < groups.length; j++) {
                    groups[j] = groups[j].linked(sets);
                }
                linked[i] = groups;
            }
        }
        return linked;
    }
}
