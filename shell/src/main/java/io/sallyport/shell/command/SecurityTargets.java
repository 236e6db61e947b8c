package io.sallyport.shell.command;

import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.layer.Layer;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.ObjectType;
import io.sallyport.shell.protocol.ExitCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds what has security information by the words that people use. */
final class SecurityTargets {
    static final String ENGINE = "engine";

    /** All rights by their names, without the generic ones. */
    static final List<String> RIGHTS = AccessRights.names(AccessRights.GENERIC_ALL).stream()
            .filter(name -> !name.startsWith("generic-"))
            .toList();

    private SecurityTargets() {}

    static List<String> types() {
        List<String> words = new ArrayList<>(List.of(ENGINE));
        Arrays.stream(ObjectType.values()).map(ObjectType::word).forEach(words::add);
        return words;
    }

    static SecurityTarget find(PolicyView view, String word, @Nullable String name) {
        if (word.equals(ENGINE)) {
            if (name != null) {
                throw new CommandFailure(ExitCode.USAGE, "there is one engine; it has no name");
            }
            return SecurityTarget.ENGINE;
        }
        ObjectType type = Arrays.stream(ObjectType.values())
                .filter(it -> it.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE, "'" + word + "' is neither engine nor a type" + Near.hint(word, types())));
        return name == null ? SecurityTarget.container(type) : SecurityTarget.object(type, key(view, type, name));
    }

    private static UUID key(PolicyView view, ObjectType type, String name) {
        Map<UUID, String> names = names(view, type);
        List<UUID> found = names.entrySet().stream()
                .filter(entry -> entry.getValue().equals(name)
                        || entry.getKey().toString().equals(name))
                .map(Map.Entry::getKey)
                .toList();
        if (found.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NEGATIVE,
                    "there is no " + type.word() + " '" + name + "'" + Near.hint(name, names.values()) + "; '"
                            + listing(type) + "' shows all");
        }
        if (found.size() > 1) {
            throw new CommandFailure(
                    ExitCode.NEGATIVE,
                    found.size() + " objects of type " + type.word() + " are called '" + name
                            + "'; give the key of one: " + found);
        }
        return found.get(0);
    }

    /** Names of the objects of a type; none if it is no type. */
    static Collection<String> names(PolicyView view, String word) {
        return Arrays.stream(ObjectType.values())
                .filter(it -> it.word().equals(word))
                .findFirst()
                .map(type -> names(view, type).values())
                .orElse(List.of());
    }

    private static String listing(ObjectType type) {
        return (type == ObjectType.PROVIDER_CONTEXT ? "context" : type.word()) + " list";
    }

    /** What all objects of a type are called, by their keys. */
    static Map<UUID, String> names(PolicyView view, ObjectType type) {
        Map<UUID, String> names = new LinkedHashMap<>();
        switch (type) {
            case FILTER ->
                view.filters().forEach(it -> names.put(it.key(), it.display().name()));
            case CALLOUT -> view.callouts().forEach(it -> names.put(it.key(), it.calloutName()));
            case SUBLAYER ->
                view.sublayers().forEach(it -> names.put(it.key(), it.display().name()));
            case PROVIDER ->
                view.providers().forEach(it -> names.put(it.key(), it.display().name()));
            case PROVIDER_CONTEXT ->
                view.providerContexts()
                        .forEach(it -> names.put(it.key(), it.display().name()));
            case SET ->
                view.sets().forEach(it -> names.put(it.key(), it.display().name()));
            case LAYER -> Arrays.stream(Layer.values()).forEach(it -> names.put(it.key(), it.policyName()));
        }
        return names;
    }
}
