package io.sallyport.stack.internal.path;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.hold.HeldFrame;
import io.sallyport.stack.internal.packet.PacketRecord;
import org.jspecify.annotations.Nullable;

/**
 * What is being judged: one frame, or a datagram that was put together from frames in the slab. It is settled exactly
 * once: its frames leave, are dropped, are absorbed, or are held. Reused; owned by one worker.
 */
final class Unit {

    final PacketRecord packet = PacketRecord.create();

    /** The frames that this is made of, in the slab; null for a frame in the port's memory. */
    @Nullable HeldFrame frames;

    @Nullable FlowImpl flow;

    /** The flow of what an ICMP error quotes. */
    @Nullable FlowImpl quotedFlow;

    /** Why a packet was dropped that this one, made here, answers; null for what came in. Nothing answers an answer. */
    @Nullable DropReason answerTo;

    /** It was made here to have its flow asked for, and goes nowhere: nobody has sent it. */
    boolean isPrompt;

    /** A segment that passes although its connection's state does not follow it: what it does must not count. */
    boolean isUnfollowed;

    /** True also before the first use: there is nothing to settle. */
    boolean isSettled = true;

    /** Begins anew; the record is filled by the parser. */
    void begin(@Nullable HeldFrame newFrames) {
        frames = newFrames;
        flow = null;
        quotedFlow = null;
        answerTo = null;
        isPrompt = false;
        isUnfollowed = false;
        isSettled = false;
    }
}
