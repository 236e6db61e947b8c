package io.sallyport.engine.internal.classify;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.internal.match.ValueRecord;
import io.sallyport.engine.internal.policy.CompiledFilter;
import io.sallyport.engine.internal.policy.EngineFilter;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.layer.Layer;
import org.jspecify.annotations.Nullable;

/**
 * The one place where the classify plane enters vendor code, and where everything that it throws ends: a callout that
 * fails costs its own verdict only. Owned by one worker. What a call is about is set once for each classify.
 */
final class CalloutCaller {
    final WorkerCounters counters;
    private final CallSamples samples;

    /** What the callout that is being called, or was called last, answers. Another object once a thread was given up. */
    CalloutAnswer answer = new CalloutAnswer();

    /** Read by the watchdog. Another object once a thread was given up. */
    volatile CallGate gate = new CallGate();

    private @Nullable ValueRecord values;
    private @Nullable IncomingMetadata metadata;
    private @Nullable FlowMemory flow;
    private ClassifyReason whyNot = ClassifyReason.CALLOUT_FAULT;

    /** Who is being called; null outside of a callout. */
    @Nullable RegisteredCallout inside;

    private @Nullable CompiledFilter asking;

    CalloutCaller(WorkerCounters counters) {
        this.counters = counters;
        this.samples = counters.samples;
    }

    void about(ValueRecord theValues, IncomingMetadata theMetadata, @Nullable FlowMemory theFlow) {
        values = theValues;
        metadata = theMetadata;
        flow = theFlow;
    }

    void done() {
        values = null;
        metadata = null;
        flow = null;
    }

    /** CONDITIONAL_ON_FLOW: the callout is called only for flows that hold a context of it (CALL-17). */
    boolean isCalledFor(RegisteredCallout callout, Layer layer) {
        return !callout.isConditionalOnFlow || (flow != null && flow.contextOf(callout, layer) != null);
    }

    /**
     * Calls a callout.
     *
     * @return false if it failed or is kept out: {@link #answer} means nothing then, see {@link #whyNot}
     */
    boolean call(
            RegisteredCallout callout,
            CompiledFilter filter,
            @Nullable LayerData data,
            boolean hasRight,
            ClassifyOut.Action current) {
        if (callout.isQuarantined()) {
            counters.keptOut(callout);
            whyNot = ClassifyReason.CALLOUT_QUARANTINED;
            return false;
        }
        ValueRecord theValues = values;
        IncomingMetadata theMetadata = metadata;
        FlowMemory theFlow = flow;
        whyNot = ClassifyReason.CALLOUT_FAULT;
        if (theValues == null || theMetadata == null) {
            return false;
        }
        answer.open(hasRight, current);
        Object context = null;
        if (theFlow != null) {
            context = theFlow.contextOf(callout, filter.runtime.layer());
            theFlow.lend(callout);
        }
        inside = callout;
        asking = filter;
        Throwable fault = enter(callout, filter.runtime, theValues, theMetadata, data, context);
        answer.close();
        inside = null;
        asking = null;
        if (theFlow != null) {
            theFlow.takeBack();
        }
        if (fault != null) {
            failed(callout, fault);
            return false;
        }
        counters.called(callout);
        return true;
    }

    /** Nothing but the gate stands between the vendor's code and what follows: a thread that was given up stays there. */
    private @Nullable Throwable enter(
            RegisteredCallout callout,
            EngineFilter filter,
            ValueRecord theValues,
            IncomingMetadata theMetadata,
            @Nullable LayerData data,
            @Nullable Object context) {
        CallGate theGate = gate;
        CalloutAnswer theAnswer = answer;
        RuntimeFilter shown = filter.shownTo(callout);
        boolean isSample = samples.isDue();
        if (isSample) {
            samples.begin();
        }
        Throwable fault = null;
        theGate.enter(callout);
        try {
            callout.instance.classify(theValues, theMetadata, data, shown, context, theAnswer);
        } catch (Throwable thrown) { // a vendor may throw anything
            fault = thrown;
        }
        theGate.leave();
        if (isSample) {
            samples.end(callout.counterSlot);
        }
        return fault;
    }

    /** Why the last call gave no answer. */
    ClassifyReason whyNot() {
        return whyNot;
    }

    /** Tells whether it failed, and was not just kept out. */
    boolean hasFailed() {
        return whyNot == ClassifyReason.CALLOUT_FAULT;
    }

    /** Counts nonsense. */
    void failed(RegisteredCallout callout) {
        counters.faulted(callout);
        callout.nonsense();
        noteSeen(callout);
        whyNot = ClassifyReason.CALLOUT_FAULT;
    }

    private void failed(RegisteredCallout callout, Throwable fault) {
        counters.faulted(callout);
        callout.fault(fault);
        noteSeen(callout);
    }

    private void noteSeen(RegisteredCallout callout) {
        if (gate.wasSeen()) {
            callout.wasSeenFailing();
        }
    }

    /** Another thread goes on in place of one that is fenced in a callout: what that one holds on to is nobody's any more. */
    @Nullable FilterTag takeOver() {
        gate = new CallGate();
        answer = new CalloutAnswer();
        RegisteredCallout stuck = inside;
        CompiledFilter filter = asking;
        inside = null;
        asking = null;
        FlowMemory theFlow = flow;
        done();
        if (stuck != null) {
            counters.faulted(stuck);
        }
        if (theFlow != null) {
            theFlow.takeBack();
        }
        return filter == null ? null : filter.tag;
    }
}
