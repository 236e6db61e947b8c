package io.sallyport.bfe.internal.store;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** The part of a policy that outlives the BFE: persistent objects, boot-time filters, who may do what, and options. */
public final class KeptPart {
    private KeptPart() {}

    /**
     * Tells whether an object is in it.
     *
     * @param lifetime the object's
     * @return whether it outlives the BFE
     */
    public static boolean has(Lifetime lifetime) {
        return lifetime == Lifetime.PERSISTENT || lifetime == Lifetime.BOOT_TIME;
    }

    /**
     * Tells whether two policies differ in it. Costs what differs.
     *
     * @param before a policy that {@code after} came from
     * @param after the other policy
     * @return whether they do
     */
    public static boolean differs(PolicyState before, PolicyState after) {
        return !before.setSecurity().equals(after.setSecurity())
                || !before.setOptions().equals(after.setOptions())
                || differs(before, after, it -> has(it.lifetime()));
    }

    /**
     * Tells whether two policies differ in the other part: static and dynamic objects.
     *
     * @param before a policy that {@code after} came from
     * @param after the other policy
     * @return whether they do
     */
    public static boolean differsElsewhere(PolicyState before, PolicyState after) {
        return differs(before, after, it -> !has(it.lifetime()));
    }

    private static boolean differs(PolicyState before, PolicyState after, Predicate<Stored<?>> which) {
        StateChanges changes = after.since(before);
        return any(changes.providers(), which)
                || any(changes.sublayers(), which)
                || any(changes.callouts(), which)
                || any(changes.contexts(), which)
                || any(changes.sets(), which)
                || any(changes.filters(), which);
    }

    private static <T> boolean any(List<Change<T>> changes, Predicate<Stored<?>> which) {
        for (Change<T> it : changes) {
            Stored<T> before = it.before();
            Stored<T> after = it.after();
            boolean isAbout = (before != null && which.test(before)) || (after != null && which.test(after));
            if (isAbout && !Objects.equals(before, after)) {
                return true;
            }
        }
        return false;
    }
}
