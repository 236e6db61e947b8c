package io.sallyport.engine.internal.classify;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.LayerData;
import io.sallyport.engine.internal.match.ValueRecord;
import io.sallyport.engine.internal.policy.EngineFilter;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.layer.Layer;
import org.jspecify.annotations.Nullable;

/**
 * The one place where the classify plane enters vendor code, and where everything that it throws ends: a callout that
 * fails costs its own verdict only. Owned by one worker. What a call is about is set once for each classify.
 */
final class CalloutCaller {
    final CalloutAnswer answer = new CalloutAnswer();
    final WorkerCounters counters;
    private @Nullable ValueRecord values;
    private @Nullable IncomingMetadata metadata;
    private @Nullable FlowMemory flow;

    /** Who is being called; null outside of a callout. */
    @Nullable RegisteredCallout inside;

    CalloutCaller(WorkerCounters counters) {
        this.counters = counters;
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
     * @return false if it failed: {@link #answer} means nothing then
     */
    boolean call(
            RegisteredCallout callout,
            EngineFilter filter,
            @Nullable LayerData data,
            boolean hasRight,
            ClassifyOut.Action current) {
        ValueRecord theValues = values;
        IncomingMetadata theMetadata = metadata;
        FlowMemory theFlow = flow;
        if (theValues == null || theMetadata == null) {
            return false;
        }
        answer.open(hasRight, current);
        inside = callout;
        try {
            Object context = null;
            if (theFlow != null) {
                context = theFlow.contextOf(callout, filter.layer());
                theFlow.lend(callout);
            }
            callout.instance.classify(theValues, theMetadata, data, filter.shownTo(callout), context, answer);
            counters.called(callout);
            return true;
        } catch (Throwable fault) {
            failed(callout, fault);
            return false;
        } finally {
            answer.close();
            inside = null;
            if (theFlow != null) {
                theFlow.takeBack();
            }
        }
    }

    /** Counts nonsense. */
    void failed(RegisteredCallout callout) {
        counters.faulted(callout);
        callout.nonsense();
    }

    private void failed(RegisteredCallout callout, Throwable fault) {
        counters.faulted(callout);
        callout.fault(fault);
    }
}
