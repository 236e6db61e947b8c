package io.sallyport.engine.api;

import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.LayerData;
import io.sallyport.layer.Layer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One worker's door to the engine. Classify plane: used by one thread at a time, never blocks, throws or allocates once
 * its values and outcomes are made. Everything between {@link #enterPacket} and {@link #exitPacket} is judged by one
 * snapshot.
 *
 * <p>Without {@code enterPacket}, without policy, and after the engine was closed, every outcome is a hard block.
 */
@ProviderType
public interface Classifier extends AutoCloseable {

    /**
     * Makes a reusable set of values for a layer, all empty. Not on the packet path.
     *
     * @param layer the layer
     * @return values that only this classifier accepts
     */
    LayerValues newValues(Layer layer);

    /**
     * Makes a reusable outcome that says block. Not on the packet path.
     *
     * @return an outcome that only this classifier accepts
     */
    ClassifyOutcome newOutcome();

    /**
     * Makes a reusable place for the contexts of a flow. Not on the packet path; flow tables make them ahead.
     *
     * @return an unused place
     */
    FlowContexts newFlowContexts();

    /**
     * Says what the worker does for callouts beside judging. Once, before the first packet; until then, and after
     * {@link #close}, callouts are told that there is no data path.
     *
     * @param door the worker's own
     */
    default void serve(PathDoor door) {}

    /**
     * The callout that is being called by this classifier right now. By the worker's thread.
     *
     * @return null outside of a callout
     */
    default @Nullable CalloutIdentity inside() {
        return null;
    }

    /**
     * Tells whether the callout that is being called may still write the action (PEND-3). By the worker's thread.
     *
     * @return false also outside of a callout
     */
    default boolean isInsideWithRight() {
        return false;
    }

    /**
     * Notes that the callout that is being called has pended the item: it may absorb it also at layers without a packet
     * (PEND-2). By the worker's thread.
     */
    default void insidePended() {}

    /**
     * A callout has called back into the path, and something of the worker's is about to be changed for it: its thread is not
     * given up until {@link #leaveApi}.
     *
     * @return false if the thread that asks is not inside a callout any more, because it was given up: nothing may be changed
     */
    default boolean enterApi() {
        return true;
    }

    /** The change that {@link #enterApi} allowed is made. */
    default void leaveApi() {}

    /**
     * The path is about to call a callout by itself, e.g. a completion. By the worker's thread, which may be given up in there
     * like in a classify.
     *
     * @param who whose code it is
     * @return for {@link #leaveCallout}
     */
    default @Nullable Object enterCallout(CalloutIdentity who) {
        return null;
    }

    /**
     * The call that {@link #enterCallout} announced is over. Does not return to a thread that was given up.
     *
     * @param pass what that returned
     */
    default void leaveCallout(@Nullable Object pass) {}

    /**
     * The thread that calls goes on in place of one that was given up in a callout ({@link PathDoor#succession}): the classify that
     * that one was in is over, without outcome; the packet is not.
     *
     * @return the filter whose callout it was; null if it was not called by a filter
     */
    default @Nullable FilterTag takeOver() {
        return null;
    }

    /** Begins a packet: pins the snapshot that is in force now. */
    void enterPacket();

    /**
     * Tells whether the base filtering engine is away and left a policy behind for flows that were authorised before (BOOT-8):
     * the pinned snapshot then holds two policies, and judges by the boot-time one unless told otherwise.
     *
     * @return true if {@link #useRetainedPolicy} has an effect for this packet
     */
    boolean hasRetainedPolicy();

    /**
     * Judges the rest of this packet by the retained policy, because its flow was authorised while the base filtering engine
     * was running. Also for {@link #generation}: to such a flow nothing has changed. Without effect if there is none.
     */
    void useRetainedPolicy();

    /** Ends a packet. Between packets a worker is quiescent: nobody waits for it. */
    void exitPacket();

    /**
     * Judges one packet or event at the layer of {@code values}: sublayers by weight, matching filters by weight, callouts,
     * arbitration (ARB-1 to ARB-22).
     *
     * @param values filled for this item
     * @param metadata what callouts get to see beside the values
     * @param data the bytes at this layer, or null if it has none
     * @param flow the flow's contexts, or null if there is no flow
     * @param out is overwritten; block if anything goes wrong
     */
    void classify(
            LayerValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            @Nullable FlowContexts flow,
            ClassifyOutcome out);

    /**
     * Judges a packet or event that no filter can match, as {@link #classify} would, which counts alike: but nobody needs to
     * fill its values. None can match where the layer has no filters, or where {@link #couldMatch} said so for the same
     * values, whatever their flags, under a generation of the layer that is still in force.
     *
     * @param layer a layer of packets or events
     * @param unmatchedUnder the {@link #generation} under which no filter could match these values; 0: not known
     * @param out is overwritten if the item is judged, else left as it is
     * @return false if a filter may match, or if there is no policy: then the item is to be classified
     */
    default boolean classifyUnmatched(Layer layer, int unmatchedUnder, ClassifyOutcome out) {
        return false;
    }

    /**
     * Judges a piece of a stream at a buffered layer (STR-3 to STR-17). The outcome says for how many leading bytes it
     * holds; the caller indicates the rest again at once, or, after NEED_MORE_DATA, together with what arrives next. The
     * engine remembers for each callout, sublayer and direction what was answered, and shows no byte twice.
     *
     * <p>What the caller does: PERMIT or none, pass the enforced bytes on; EDIT, replace the bytes where they are and indicate
     * everything again at once (STR-6); a block without stream action, which only an end without bytes has, withhold that
     * end; NEED_MORE_DATA and DEFER, keep everything; DROP_CONNECTION, end the connection;
     * ALLOW_CONNECTION, pass the bytes on and ask no more until {@link #generation} changes. The end of a stream is an
     * indication of no bytes (STR-2), or a flag on the last ones.
     *
     * @param values filled for this flow
     * @param metadata what callouts get to see beside the values
     * @param stream the piece
     * @param flow the flow's contexts
     * @param out is overwritten; a hard block of the connection if anything goes wrong
     */
    void classifyStream(
            LayerValues values,
            IncomingMetadata metadata,
            StreamIndication stream,
            FlowContexts flow,
            ClassifyOutcome out);

    /**
     * Notes that a callout puts bytes into a stream from outside of classify (STR-13): behind what it has answered for. To it
     * and to heavier ones these count as answered (STR-14). The caller puts them there and indicates everything again.
     *
     * @param flow the flow's contexts
     * @param calloutSerial the callout, see {@link CalloutIdentity#serial()}
     * @param isReceived which direction
     * @param start position of the first byte that is not enforced
     * @param lengthBytes how many bytes, 0 or more
     * @return how far behind {@code start} they belong; -1 if the callout was never asked about this flow, or edits it in band
     */
    int injectIntoStream(FlowContexts flow, long calloutSerial, boolean isReceived, long start, int lengthBytes);

    /**
     * Tells whether any filter of the layer could match, now or later in this flow: conditions on flag fields count as
     * fulfilled. A flow that no stream filter can match needs no stream tracking.
     *
     * @param values filled with what stays the same for the flow
     * @return false if no filter of the pinned snapshot can match
     */
    boolean couldMatch(LayerValues values);

    /**
     * A number that stands for the policy of one layer (REAUTH-3, REAUTH-6); compare it with an earlier one by equality only.
     * After {@link #useRetainedPolicy} it is that of the published policy as long as the layer has the same filters and
     * callouts. A boot-time policy, and the policy that is published after it, have new numbers at all layers.
     *
     * @param layer a layer
     * @return differs whenever other filters, or other registered callouts, judge at that layer; 0 without policy
     */
    int generation(Layer layer);

    /**
     * Tells whether what was authorised under a generation of a layer counts under the policy that judges now: it is the same
     * generation, or all changes of the layer since then let existing flows {@linkplain ExistingFlows#KEEP keep} their
     * authorisation. Inside a packet.
     *
     * @param layer a layer
     * @param generation an earlier {@link #generation} of it; not 0
     * @return false: to be asked for again (REAUTH-3)
     */
    default boolean holdsSince(Layer layer, int generation) {
        return generation == generation(layer);
    }

    /**
     * Counts the changes that wanted existing flows to be {@linkplain ExistingFlows#RESET reset}. Inside a packet or outside.
     *
     * @return of this engine, up to the policy that judges now
     */
    default long resets() {
        return 0;
    }

    /**
     * Ends a flow: every context is handed to its callout's flowDelete, once (FLOW-3), and the place is unused again.
     *
     * @param flow the flow's contexts
     */
    void endFlow(FlowContexts flow);

    /** Gives the door back. Idempotent; by the worker's thread, outside of a packet. */
    @Override
    void close();
}
