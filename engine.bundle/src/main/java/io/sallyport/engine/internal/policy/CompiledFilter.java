package io.sallyport.engine.internal.policy;

import io.sallyport.engine.api.FilterTag;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.FaultPolicy;
import io.sallyport.policy.FilterFlags;

/** A filter in one snapshot: everything that a classify needs, one field read away. Immutable. */
public final class CompiledFilter {
    /** The value of {@link #calloutSlot} for a filter that calls nothing. */
    public static final int NO_CALLOUT = -1;

    /** What callouts see. */
    public final EngineFilter runtime;

    /** Names the filter in events. */
    public final FilterTag tag;

    /** What to do. */
    public final ActionType action;

    /** CLEAR_ACTION_RIGHT. */
    public final boolean isHard;

    /** PERMIT_IF_CALLOUT_UNREGISTERED. */
    public final boolean isPermittedIfMissing;

    /** What it does when its callout fails. */
    public final FaultPolicy onFault;

    /** Index into the callout table of the snapshot. */
    public final int calloutSlot;

    CompiledFilter(EngineFilter runtime, FilterTag tag, int calloutSlot) {
        int flags = runtime.image().flags();
        this.runtime = runtime;
        this.tag = tag;
        this.action = runtime.action();
        this.isHard = (flags & FilterFlags.CLEAR_ACTION_RIGHT) != 0;
        this.isPermittedIfMissing = (flags & FilterFlags.PERMIT_IF_CALLOUT_UNREGISTERED) != 0;
        FaultPolicy said = FaultPolicy.of(flags);
        this.onFault = said == null ? FaultPolicy.BLOCK : said;
        this.calloutSlot = calloutSlot;
    }
}
