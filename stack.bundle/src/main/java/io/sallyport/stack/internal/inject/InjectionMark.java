package io.sallyport.stack.internal.inject;

import io.sallyport.callout.InjectionState;
import io.sallyport.engine.api.CalloutIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Who injected a packet, and who before; kept with the packet wherever it is held. Immutable, one for each injection. As long
 * as {@link io.sallyport.callout.PacketInjection#MOST_INJECTIONS}, since longer chains are dropped.
 */
public final class InjectionMark {

    private final long serial;
    private final @Nullable Object context;
    private final @Nullable InjectionMark previous;
    private final int depth;

    /**
     * Marks one more injection.
     *
     * @param who the callout
     * @param context its own
     * @param previous the packet's mark so far
     */
    public InjectionMark(CalloutIdentity who, @Nullable Object context, @Nullable InjectionMark previous) {
        this.serial = who.serial();
        this.context = context;
        this.previous = previous;
        this.depth = previous == null ? 1 : previous.depth + 1;
    }

    /**
     * How often the packet, or what it was cloned from, was injected.
     *
     * @return 1 or more
     */
    public int depth() {
        return depth;
    }

    /**
     * The state as a callout sees it (INJ-5).
     *
     * @param mark of the packet, or null
     * @param who the callout
     * @return never null
     */
    public static InjectionState state(@Nullable InjectionMark mark, CalloutIdentity who) {
        if (mark == null) {
            return InjectionState.NOT_INJECTED;
        }
        InjectionMark own = latestOf(mark, who);
        if (own == null) {
            return InjectionState.INJECTED_BY_OTHER;
        }
        return own == mark ? InjectionState.INJECTED_BY_SELF : InjectionState.PREVIOUSLY_INJECTED_BY_SELF;
    }

    /**
     * The context of a callout's latest injection (INJ-6).
     *
     * @param mark of the packet, or null
     * @param who the callout
     * @return null if it has none
     */
    public static @Nullable Object context(@Nullable InjectionMark mark, CalloutIdentity who) {
        InjectionMark own = latestOf(mark, who);
        return own == null ? null : own.context;
    }

    private static @Nullable InjectionMark latestOf(@Nullable InjectionMark mark, CalloutIdentity who) {
        long serial = who.serial();
        for (InjectionMark m = mark; m != null; m = m.previous) {
            if (m.serial == serial) {
                return m;
            }
        }
        return null;
    }
}
