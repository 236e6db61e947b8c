package io.sallyport.bfe.api;

import io.sallyport.policy.ObjectType;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * In what two policies differ, by what their objects mean: not by run-time ids, nor by when an object came, except for filters of one
 * weight, whose order decides (ARB-26).
 *
 * @param from number of the one; 0: what is in force
 * @param to number of the other one; 0: what is in force
 * @param objects in order of types, then of names
 */
public record PolicyDifference(long from, long to, List<ObjectDifference> objects) {

    /** Copies the list. */
    public PolicyDifference {
        objects = List.copyOf(objects);
    }

    /** What became of an object. */
    public enum Kind {
        /** Only the other policy has it. */
        ADDED,
        /** Only the one policy has it. */
        REMOVED,
        /** Both have it, with other fields. */
        CHANGED
    }

    /**
     * One object.
     *
     * @param kind what became of it
     * @param type what kind of object
     * @param key its GUID
     * @param name its display name, in the other policy if that has it
     * @param fields those that differ; all that are not empty if only one policy has it. Of sets also each {@code entry} that only
     *     one policy has: up to 20 that are gone and 20 that are new, then how many {@code more entries}
     */
    public record ObjectDifference(Kind kind, ObjectType type, UUID key, String name, List<FieldDifference> fields) {

        /** Copies the list. */
        public ObjectDifference {
            fields = List.copyOf(fields);
        }
    }

    /**
     * One field.
     *
     * @param field its name, as policy files have it
     * @param before its value in the one policy; null if there is none
     * @param after its value in the other policy; null if there is none
     */
    public record FieldDifference(
            String field, @Nullable String before, @Nullable String after) {}
}
