package io.sallyport.bfe.internal.event;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.shim.testing.TestFlow;
import io.sallyport.stack.shim.testing.TestPacket;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Plays the worker: tells an observer of packets, without making objects. */
final class PacketEvents {
    static final FilterTag FILTER =
            new FilterTag(7, new UUID(0, 7), "no-telnet", "operator", "web", null, Layer.ALE_AUTH_CONNECT_V4);

    final TestPacket packet = TestPacket.udp(Direction.OUTBOUND, 4);
    private final PathObserver observer;
    static final FilterTag LOSER =
            new FilterTag(6, new UUID(0, 6), "let-all", "vendor", "vendors", "x.c", Layer.ALE_AUTH_CONNECT_V4);

    private final Outcome outcome = new Outcome();
    private final Refusal refusal = new Refusal();
    private final TestFlow flow = new TestFlow(packet);

    PacketEvents(PathObserver observer) {
        this.observer = observer;
    }

    void drop(long frame) {
        packet.frameNumber = frame;
        observer.dropped(packet, frame, DropReason.POLICY, Layer.ALE_AUTH_CONNECT_V4, FILTER, 3, "r7");
    }

    /** A drop of a packet that a layer has just refused: two sublayers were ended. */
    void refuse(long frame) {
        packet.frameNumber = frame;
        observer.refused(packet, Layer.ALE_AUTH_CONNECT_V4, refusal);
        drop(frame);
    }

    /** Has the flow asked for again by a packet, which is told of when it is dropped or the flow goes on. */
    void askAgain(long frame, ReauthorizeReason reason) {
        packet.frameNumber = frame;
        flow.reauthorizeReason = reason;
        observer.askingAgain(packet, flow, Layer.ALE_AUTH_CONNECT_V4);
    }

    /** A drop at a layer of a frame of a flow. */
    void drop(long frame, Layer layer, long flowId) {
        observer.dropped(packet, frame, DropReason.POLICY, layer, FILTER, flowId, "r7");
    }

    void permit(long frame, boolean isReauthorization) {
        packet.frameNumber = frame;
        observer.authorized(packet, flow, Layer.ALE_AUTH_CONNECT_V4, outcome, isReauthorization);
    }

    /** The flow goes on, asked for by a packet that may go the other way. */
    void permitAgain(TestPacket by) {
        observer.authorized(by, flow, Layer.ALE_AUTH_CONNECT_V4, outcome, true);
    }

    void fault(long frame) {
        packet.frameNumber = frame;
        observer.fault(packet, Layer.DATAGRAM_DATA_V4, FILTER, 0, "r7");
    }

    private static final class Refusal extends Outcome {
        @Override
        public FilterTag filter() {
            return FILTER;
        }

        @Override
        public int endings() {
            return 2;
        }

        @Override
        public FilterTag ending(int index) {
            return index == 0 ? LOSER : FILTER;
        }

        @Override
        public ActionType endingAction(int index) {
            return index == 0 ? ActionType.CALLOUT_UNKNOWN : ActionType.BLOCK;
        }
    }

    private static class Outcome implements ClassifyOutcome {
        @Override
        public Action action() {
            return Action.NONE_NO_MATCH;
        }

        @Override
        public boolean isPermitted() {
            return true;
        }

        @Override
        public ClassifyReason reason() {
            return ClassifyReason.CALLOUT_UNREGISTERED;
        }

        @Override
        public boolean isAbsorbed() {
            return false;
        }

        @Override
        public boolean isVeto() {
            return false;
        }

        @Override
        public @Nullable FilterTag filter() {
            return null;
        }

        @Override
        public long context() {
            return 0;
        }

        @Override
        public String revision() {
            return "r8";
        }

        @Override
        public StreamAction streamAction() {
            return StreamAction.NONE;
        }

        @Override
        public int bytesEnforced() {
            return 0;
        }

        @Override
        public int bytesRequired() {
            return 0;
        }

        @Override
        public int editOffset() {
            return 0;
        }

        @Override
        public int bytesRemoved() {
            return 0;
        }

        @Override
        public byte[] injectedBytes() {
            return new byte[0];
        }

        @Override
        public int injectedLengthBytes() {
            return 0;
        }

        @Override
        public void failClosed(ClassifyReason reason) {
            throw new AssertionError("an observer decides nothing");
        }
    }
}
