package io.sallyport.engine.api;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.Direction;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.InjectionCompletion;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.InjectionState;
import io.sallyport.callout.NetBuffer;
import io.sallyport.callout.PendedItem;
import io.sallyport.callout.RedirectState;
import io.sallyport.callout.WritableConnection;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a worker of the packet path does for callouts; the stack implements it, and the engine hands each callout a door of
 * its own that leads here. See {@link io.sallyport.callout.CalloutHost} and {@link io.sallyport.callout.PacketInjection} for
 * what the methods mean. Those with metadata are called inside a classify, by the worker's thread; all others by any thread:
 * they only put something into the worker's inbox.
 */
@ConsumerType
public interface PathDoor {

    /**
     * Tells whether metadata is what this worker is showing to callouts now. Any thread.
     *
     * @param metadata what a callout brings
     * @return false also on another thread than the worker's
     */
    boolean isShowing(IncomingMetadata metadata);

    /** Clones the packet that is shown. */
    @Nullable NetBuffer clone(CalloutIdentity who, IncomingMetadata metadata);

    /** Makes a packet from nothing. */
    @Nullable NetBuffer allocate(CalloutIdentity who, int lengthBytes);

    /** Injects a packet that {@link #clone} or {@link #allocate} made. */
    Status inject(
            CalloutIdentity who,
            InjectionPoint point,
            Direction direction,
            NetBuffer packet,
            @Nullable Object context,
            @Nullable InjectionCompletion completion);

    /** Puts bytes into a stream; see {@link io.sallyport.callout.StreamInjection#inject}. The array is the worker's then. */
    Status injectIntoStream(
            CalloutIdentity who, long flowId, int streamFlags, byte[] bytes, @Nullable InjectionCompletion completion);

    /** Continues a deferred stream. */
    Status continueStream(long flowId);

    /** Whether and by whom the packet that is shown was injected. */
    InjectionState injectionState(CalloutIdentity who, IncomingMetadata metadata);

    /** The context of the asker's latest injection of the packet that is shown. */
    @Nullable Object injectionContext(CalloutIdentity who, IncomingMetadata metadata);

    /** Pends what is classified now. */
    PendedItem pend(CalloutIdentity who, IncomingMetadata metadata);

    /** Who redirected the flow that is shown. */
    RedirectState redirectState(CalloutIdentity who, IncomingMetadata metadata);

    /** The writable remote end of the flow that is classified now. */
    @Nullable WritableConnection acquireWritableConnection(CalloutIdentity who, IncomingMetadata metadata);

    /** Kills a flow of this worker. */
    Status abortFlow(long flowId);

    /**
     * How another thread goes on when the one of this worker does not come back from a callout. Asked before the thread is
     * given up; run afterwards, once, by the engine's watchdog without any lock: the thread will never touch the worker
     * again. Whoever has it may run it also when the path has left the engine meanwhile.
     *
     * @return null: there is no way, and nobody is given up
     */
    default @Nullable Runnable succession() {
        return null;
    }

    /**
     * A callout has left: nobody is inside it, and its door is closed. What it still has is taken back, what it pended is
     * dropped. Management plane.
     */
    void calloutLeft(CalloutIdentity who);
}
