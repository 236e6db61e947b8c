package io.sallyport.shell.command;

import io.sallyport.bfe.api.ChangeNotice;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What objects are called of which a notice tells the key only (NOTE-6): of those that are added by the policy in force, of
 * those that are deleted from memory. For one thread.
 *
 * <p>To look at a policy costs what is in it, so one look names as many notices as it can, and leaves the processor to others
 * for nine times as long as it took.
 */
final class ChangeNames {
    private static final int REST_FACTOR = 9;
    private static final long LONGEST_REST_NS = TimeUnit.SECONDS.toNanos(1);

    /** Gives what is in force; refused when the session that gives it is over. */
    @FunctionalInterface
    interface PolicyInForce {
        PolicyView view() throws PolicyException;
    }

    private final PolicyInForce policy;
    private final Map<ObjectType, Map<UUID, String>> known = new EnumMap<>(ObjectType.class);
    private @Nullable PolicyView view;
    private long restUntil;

    /**
     * Knows what there is.
     *
     * @param policy gives what is in force
     * @param start what was in force before the first notice
     * @param types which objects notices will be about
     */
    ChangeNames(PolicyInForce policy, PolicyView start, Set<ObjectType> types) {
        this.policy = policy;
        this.restUntil = System.nanoTime();
        types.forEach(type -> known.put(type, SecurityTargets.names(start, type)));
    }

    /** Whether a look may tell the name. Objects without a run-time id may be others than those that were seen last. */
    boolean lacks(ChangeNotice notice) {
        return notice.change() == ChangeType.ADD && (notice.id() == 0 || nameInView(notice) == null);
    }

    /** Lets go of the policy that was looked at last, which may be an old one by now. */
    void rememberNoPolicy() {
        view = null;
    }

    /** Lets others have the processor if the latest look took it for long. */
    void rest() throws InterruptedException {
        long left = restUntil - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    /** Looks at what is in force. */
    void look() throws PolicyException {
        long start = System.nanoTime();
        view = policy.view();
        long end = System.nanoTime();
        restUntil = end + Math.min(LONGEST_REST_NS, REST_FACTOR * (end - start));
    }

    /**
     * The name. To be called once for each notice, in their order.
     *
     * @return null if nobody knows it any more: the object was gone before it could be looked at
     */
    @Nullable String of(ChangeNotice notice) {
        Map<UUID, String> names = known.get(notice.type());
        if (names == null) {
            return null;
        }
        if (notice.change() == ChangeType.DELETE) {
            return names.remove(notice.key());
        }
        String name = nameInView(notice);
        if (name == null) {
            names.remove(notice.key());
        } else {
            names.put(notice.key(), name);
        }
        return name;
    }

    /** Null if that very object is not there. */
    private @Nullable String nameInView(ChangeNotice notice) {
        Named found = view == null ? null : find(view, notice.type(), notice.key());
        return found == null || found.id() != notice.id() ? null : found.name();
    }

    /** An object by its name and run-time id; 0 if it has none. */
    private record Named(String name, long id) {}

    private static @Nullable Named find(PolicyView view, ObjectType type, UUID key) {
        return switch (type) {
            case FILTER -> {
                Filter it = view.filter(key);
                yield it == null ? null : new Named(it.display().name(), it.id());
            }
            case CALLOUT -> {
                CalloutObject it = view.callout(key);
                yield it == null ? null : new Named(it.calloutName(), it.id());
            }
            case PROVIDER_CONTEXT -> {
                ProviderContext it = view.providerContext(key);
                yield it == null ? null : new Named(it.display().name(), it.id());
            }
            case PROVIDER -> {
                Provider it = view.provider(key);
                yield it == null ? null : new Named(it.display().name(), 0);
            }
            case SUBLAYER -> {
                Sublayer it = view.sublayer(key);
                yield it == null ? null : new Named(it.display().name(), 0);
            }
            case SET -> {
                PolicySet it = view.set(key);
                yield it == null ? null : new Named(it.display().name(), 0);
            }
            case LAYER -> null;
        };
    }
}
