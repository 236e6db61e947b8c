package io.sallyport.bfe.security;

import io.sallyport.policy.ObjectType;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What has security information: the engine, the container of a type, an object.
 *
 * @param type of the container or object; null for the engine
 * @param key of the object; null for engine and containers
 */
public record SecurityTarget(
        @Nullable ObjectType type, @Nullable UUID key) {
    private static final UUID ZERO = new UUID(0, 0);

    /** The engine, from which containers inherit. */
    public static final SecurityTarget ENGINE = new SecurityTarget(null, null);

    /** The zero GUID means the container (SEC-2). */
    public SecurityTarget {
        if (ZERO.equals(key)) {
            key = null;
        }
        if (type == null && key != null) {
            throw new IllegalArgumentException("an object has a type");
        }
    }

    /**
     * All objects of a type.
     *
     * @param type which ones
     * @return the container
     */
    public static SecurityTarget container(ObjectType type) {
        return new SecurityTarget(type, null);
    }

    /**
     * One object.
     *
     * @param type what kind
     * @param key its key; the zero GUID means the container
     * @return the object
     */
    public static SecurityTarget object(ObjectType type, UUID key) {
        return new SecurityTarget(type, key);
    }

    /**
     * For people.
     *
     * @return e.g. {@code the container of filters}
     */
    @Override
    public String toString() {
        if (type == null) {
            return "the engine";
        }
        return key == null ? "the container of " + type.word() + "s" : type.word() + " " + key;
    }
}
