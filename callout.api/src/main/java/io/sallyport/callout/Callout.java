package io.sallyport.callout;

import io.sallyport.layer.Layer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a plug-in vendor implements: the set of functions that the filter engine calls when a callout filter matches.
 *
 * <p><b>Registering.</b> A bundle offers its callout as a <em>prototype-scope</em> OSGi service with the service property
 * {@link #KEY}. Registering is independent of <em>adding</em> the callout object to policy (CALL-1): neither order nor
 * timing matters. While a callout is added and not registered, its terminating and unknown filters block and its
 * inspection filters are skipped (CALL-4).
 *
 * <p><b>Instances and threads.</b> Every data path takes an instance of its own and gives it back when it closes. A data
 * path may run several workers, so {@link #classify} may be entered by several threads at once (CALL-20); {@link #notify}
 * runs on a management thread, possibly while {@code classify} runs. State of one flow belongs into a flow context, which
 * only the flow's own worker touches.
 *
 * <p><b>The classify path.</b> {@code classify} and {@code flowDelete} run inside the packet path: they must not block,
 * wait, log, or do input or output, and should not allocate. Everything that they are handed is valid only until they
 * return; keep copies, never references. An exception, an error or a nonsensical answer costs the callout its verdict:
 * the failure policy (block by default) takes its place and the fault is counted.
 *
 * <p><b>Updates.</b> A new version of a bundle is started beside the old one and takes over the callouts of the same
 * {@link #KEY} between two packets; no packet finds the name unregistered, and flows live on. Each context passes from the
 * old version to the new one as bytes, by {@link #save} and {@link #restore}, if both agree to it; in any case the old
 * version's {@link #flowDelete} is called for it once. What is not handed over the new version makes anew: it is called
 * without a context, as for a flow that it sees for the first time. On a stream it goes on where the old version's answers
 * end. What was attached to filters is not handed over either, and filters are not announced again (CALL-12).
 */
@ConsumerType
public interface Callout {

    /**
     * Service property (a {@code String}, mandatory): the name under which policy adds this callout, e.g.
     * {@code com.example.word-block}, or the text of a GUID for a callout of one layer.
     */
    String KEY = "sallyport.callout.key";

    /** Service property (an {@code Integer}, optional, default 0): bits of {@link CalloutFlags}, chosen when registering. */
    String FLAGS = "sallyport.callout.flags";

    /** The most bytes that {@link #save} may return for one context; more counts as a fault, and the context is not handed over. */
    int MAX_SAVED_BYTES = 65_536;

    /**
     * Hands this instance its door into the packet path, once and before anything else. Management path. A callout that does
     * not inject, pend or redirect need not care.
     *
     * @param host good until the instance is given back; calls after that answer INJECT_HANDLE_CLOSING
     */
    default void open(CalloutHost host) {}

    /**
     * Judges one packet, stream indication or event. Classify path; called when every condition of {@code filter} holds
     * and no heavier filter of its sublayer has terminated (CALL-16).
     *
     * <p>Answer through {@code out}; an untouched {@code out} means <em>continue</em>. At stream layers {@code data} is a
     * {@link StreamData}, at layers with packets a {@link PacketData}.
     *
     * @param values the layer's values, in the order and of the types that its schema fixes (COND-20)
     * @param metadata what no filter can test: header sizes, the flow, the packet's direction (COND-21)
     * @param data the bytes at this layer; null where the layer has none, e.g. resource assignment (ALE-15)
     * @param filter the matching filter as the engine knows it
     * @param flowContext the context that this callout holds for this flow at this layer, or null (FLOW-2)
     * @param out the answer so far, and the place for this callout's answer
     */
    void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out);

    /**
     * Tells that a filter that names this callout is being added, was committed, or is deleted. Management path, may
     * allocate, should not block for long: a transaction waits. Filters that were there before the callout registered are
     * not announced, yet their deletion is (CALL-12). Types that an implementation does not know must be accepted in
     * silence (CALL-13).
     *
     * @param type what happened
     * @param filterKey the filter's key; null when the filter is deleted (CALL-11)
     * @param filter the filter; a callout may {@link RuntimeFilter#attach attach} its parsed configuration (CALL-14)
     * @throws FilterRefusedException on {@link NotifyType#ADD_FILTER} only: the filter is refused and the transaction's
     *     caller gets CALLOUT_NOTIFICATION_FAILED with this message
     */
    default void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter)
            throws FilterRefusedException {}

    /**
     * Tells that a flow has ended, or that the callout goes away, and its context with it. Called exactly once for each
     * context that was associated (FLOW-3), by the flow's worker; no {@code classify} of this callout for that flow is
     * running then or follows.
     *
     * @param layer the layer whose context it was
     * @param flowId the flow, see {@link FlowHandle#id()}
     * @param context the context; the engine keeps no reference afterwards
     */
    default void flowDelete(Layer layer, long flowId, Object context) {}

    /**
     * Writes a context down for the next version of this bundle, which is about to take over the flow. Called at most once
     * for each context, right before its {@link #flowDelete}, by the flow's worker between two packets of the flow. May
     * allocate, should be quick: the flow's next packet waits. Versions do not share classes: begin with a number that tells
     * the format, since the reader may be newer or, after an update that failed, older.
     *
     * @param layer the layer whose context it is
     * @param flowId the flow
     * @param context the context, unchanged by this call
     * @return up to {@link #MAX_SAVED_BYTES} bytes, of which the engine keeps no copy; null: it is not handed over
     */
    default byte @Nullable [] save(Layer layer, long flowId, Object context) {
        return null;
    }

    /**
     * Reads what the version before wrote by {@link #save}. Called before this instance's first {@link #classify} for that
     * flow, after the other version's {@link #flowDelete}, on the same thread. Whoever deferred the flow's streams or runs
     * something for it in the background goes on here.
     *
     * @param layer the layer whose context it becomes
     * @param flowId the flow
     * @param saved what was written, for this call's use alone
     * @return the context, to be deleted by {@link #flowDelete} like any other; null: it cannot be read
     */
    default @Nullable Object restore(Layer layer, long flowId, byte[] saved) {
        return null;
    }
}
