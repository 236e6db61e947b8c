package io.sallyport.engine.internal.policy;

import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.FilterFlags;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A filter at run time. It lives as long as policy holds a filter of this id and content, across commits, and so does what
 * callouts attached. Immutable but for the list of those who were shown it, which any thread may extend.
 */
public final class EngineFilter {
    private static final VarHandle FIRST;

    static {
        try {
            FIRST = MethodHandles.lookup().findVarHandle(EngineFilter.class, "first", CalloutFilter.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final FilterImage image;
    private final int sublayerWeight;
    private final @Nullable String calloutName;
    private final int counterSlot;
    /** One for each registered callout that was shown this filter: usually one, two while one takes another's place. */
    private volatile @Nullable CalloutFilter first;

    EngineFilter(FilterImage image, int sublayerWeight, @Nullable String calloutName, int counterSlot) {
        this.image = image;
        this.sublayerWeight = sublayerWeight;
        this.calloutName = calloutName;
        this.counterSlot = counterSlot;
    }

    /** Tells whether this object can stand for a filter of a new policy. */
    boolean isFor(FilterImage other, int otherSublayerWeight, @Nullable String otherCalloutName) {
        return sublayerWeight == otherSublayerWeight
                && Objects.equals(calloutName, otherCalloutName)
                && image.equals(other);
    }

    FilterImage image() {
        return image;
    }

    /** The name under which the callout registers; null if the filter calls none. */
    public @Nullable String calloutName() {
        return calloutName;
    }

    /** Where workers count this filter; given back when it has left and all workers have been seen outside. */
    public int counterSlot() {
        return counterSlot;
    }

    /**
     * The filter as a registered callout sees it; always the same object for the same registration. Any thread; makes one
     * the first time only.
     */
    public CalloutFilter shownTo(RegisteredCallout callout) {
        CalloutFilter made = null;
        while (true) {
            CalloutFilter head = first;
            for (CalloutFilter seen = head; seen != null; seen = seen.next) {
                if (seen.calloutIndex == callout.index) {
                    return seen;
                }
            }
            made = new CalloutFilter(this, callout.index, head);
            if (FIRST.compareAndSet(this, head, made)) {
                return made;
            }
        }
    }

    /** Forgets what a callout that has left attached. */
    public void forget(RegisteredCallout callout) {
        CalloutFilter head;
        CalloutFilter rest;
        do {
            head = first;
            rest = without(head, callout.index);
        } while (head != rest && !FIRST.compareAndSet(this, head, rest));
    }

    private static @Nullable CalloutFilter without(@Nullable CalloutFilter from, int calloutIndex) {
        if (from == null) {
            return null;
        }
        CalloutFilter rest = without(from.next, calloutIndex);
        if (from.calloutIndex == calloutIndex) {
            return rest;
        }
        return rest == from.next ? from : from.before(rest);
    }

    /** Forgets what any callout attached. */
    public void forgetAll() {
        first = null;
    }

    /** Run-time id, unique in the engine. */
    public long id() {
        return image.id();
    }

    /** Key of the policy object. */
    public UUID key() {
        return image.key();
    }

    /** Where it stands. */
    public Layer layer() {
        return image.layer();
    }

    /** Effective weight, unsigned. */
    public long weight() {
        return image.weight();
    }

    /** Weight of its sublayer. */
    public int sublayerWeight() {
        return sublayerWeight;
    }

    /** What it does. */
    public ActionType action() {
        return image.action();
    }

    /** CLEAR_ACTION_RIGHT. */
    public boolean hasClearActionRight() {
        return (image.flags() & FilterFlags.CLEAR_ACTION_RIGHT) != 0;
    }

    /** See {@link io.sallyport.callout.RuntimeFilter#rawContext}. */
    public long rawContext() {
        return image.rawContext();
    }

    /** See {@link io.sallyport.callout.RuntimeFilter#providerContext}. */
    public Map<String, Object> providerContext() {
        return image.providerContext();
    }

    @Override
    public String toString() {
        return image.name();
    }
}
