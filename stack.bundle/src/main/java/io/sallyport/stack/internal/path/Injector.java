package io.sallyport.stack.internal.path;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.Direction;
import io.sallyport.callout.InjectionCompletion;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.PacketInjection;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.Classifier;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.FlowTable;
import io.sallyport.stack.internal.inject.InjectionMark;
import io.sallyport.stack.internal.inject.PacketBuffer;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.HeaderRepair;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.Side;
import org.jspecify.annotations.Nullable;

/**
 * Takes injected packets out of the inbox and into the path: puts lengths and checksums right, parses them like any other
 * frame, and lets them in where they are to enter. Outbound packets enter at the top of the path, inbound ones at its bottom
 * (INJ-3); what was injected at the forward layer behind that (INJ-4). Owned by one worker.
 */
final class Injector {

    private final HeaderParser parser;
    private final Orientation orientation;
    private final Retention retention;
    private final Judge judge;
    private final Settlement settlement;
    private final PacketPath path;
    private final FragmentPath fragments;
    private final FlowTable flows;
    private final FlowEnd flowEnd;
    private final Books books;
    private final Classifier classifier;

    /** What is being handled. */
    final Unit unit = new Unit();

    Injector(
            HeaderParser parser,
            Orientation orientation,
            Retention retention,
            Judge judge,
            Settlement settlement,
            PacketPath path,
            FragmentPath fragments,
            FlowTable flows,
            FlowEnd flowEnd,
            Books books,
            Classifier classifier) {
        this.classifier = classifier;
        this.parser = parser;
        this.orientation = orientation;
        this.retention = retention;
        this.judge = judge;
        this.settlement = settlement;
        this.path = path;
        this.fragments = fragments;
        this.flows = flows;
        this.flowEnd = flowEnd;
        this.books = books;
    }

    /** A packet on its way. */
    static final class Injection implements Inbox.Message, Runnable {

        private final Injector injector;
        private final CalloutIdentity who;
        private final InjectionPoint point;
        private final Direction direction;
        private final PacketBuffer buffer;
        private final InjectionMark mark;
        private @Nullable InjectionCompletion completion;

        /** The worker's. */
        private Status status = Status.DATA_NOT_ACCEPTED;

        Injection(
                Injector injector,
                CalloutIdentity who,
                InjectionPoint point,
                Direction direction,
                PacketBuffer buffer,
                InjectionMark mark,
                @Nullable InjectionCompletion completion) {
            this.injector = injector;
            this.who = who;
            this.point = point;
            this.direction = direction;
            this.buffer = buffer;
            this.mark = mark;
            this.completion = completion;
        }

        @Override
        public void deliver(long nowNs) {
            injector.settlement.unfinished().begin(this);
            try {
                status = who.isRegistered() ? injector.take(this, nowNs) : Status.INJECT_HANDLE_CLOSING;
            } finally {
                injector.settlement.unfinished().end();
            }
        }

        /** It ends, however. */
        @Override
        public void run() {
            injector.settle();
            complete(status);
        }

        @Override
        public void refuse(Status status) {
            complete(status);
        }

        /** Once (INJ-11). A callout that has left is not called any more. */
        private void complete(Status result) {
            buffer.done();
            InjectionCompletion c = completion;
            completion = null;
            if (c != null && who.isRegistered()) {
                Completions.call(injector.classifier, who, c, result);
            }
        }
    }

    private void settle() {
        if (!unit.isSettled) {
            FlowImpl flow = unit.flow;
            settlement.fail(unit);
            unit.flow = null;
            books.faults += flowEnd.endUnasked(flow) ? 0 : 1;
        }
    }

    private Status take(Injection i, long nowNs) {
        Unit u = unit;
        PacketRecord p = u.packet;
        int length = i.buffer.frameLengthBytes();
        HeaderRepair.repair(i.buffer.memory(), length);
        Side cameBy = i.direction == Direction.OUTBOUND ? Side.LAN : Side.WAN;
        parser.begin(p, i.buffer.memory(), 0, length, Settlement.MADE_HERE, nowNs, cameBy);
        p.setInjection(i.mark);
        // What repair leaves to the parser is to finish the transport's checksum.
        DropReason malformed = parser.parse(p, FrameBatch.CHECKSUM_NOT_READY);
        boolean isMac = i.point == InjectionPoint.MAC_RECEIVE || i.point == InjectionPoint.MAC_SEND;
        if (malformed != null || (p.ipVersion() == 0 && !isMac)) {
            return Status.DATA_NOT_ACCEPTED;
        }
        u.begin(null);
        books.injected++;
        p.setDirection(i.direction);
        orientation.orientInjected(u);
        if (i.mark.depth() > PacketInjection.MOST_INJECTIONS) {
            i.who.wentInCircles();
            settlement.drop(u, DropReason.LIMIT_INJECTIONS, Judge.malformedAt(u));
            return Status.DATA_NOT_ACCEPTED;
        }
        if (p.ipVersion() != 0) {
            retention.choose(u);
        }
        enter(u, i.point, nowNs);
        return Status.SUCCESS;
    }

    private void enter(Unit u, InjectionPoint point, long nowNs) {
        PacketRecord p = u.packet;
        boolean isOutbound = p.direction() == Direction.OUTBOUND;
        switch (point) {
            case MAC_SEND -> path.leave(u, nowNs);
            case MAC_RECEIVE -> {
                if (judge.arriving(u)) {
                    enterIp(u, false, nowNs);
                }
            }
            case FORWARD -> {
                if (isOutbound) {
                    path.leaveForwarded(u, nowNs);
                } else {
                    enterIp(u, true, nowNs);
                }
            }
            case NETWORK, TRANSPORT -> enterIp(u, !isOutbound, nowNs);
        }
    }

    private void enterIp(Unit u, boolean isForwardDone, long nowNs) {
        if (u.packet.ipVersion() == 0) {
            path.leave(u, nowNs);
        } else if (u.packet.isFragment()) {
            fragments.take(u, isForwardDone, nowNs);
        } else {
            path.take(u, isForwardDone, nowNs);
        }
    }

    /** A message that kills a flow, if it is still there then (FLOW-6). */
    Inbox.Message abortOf(long flowId) {
        return new Inbox.Message() {
            @Override
            public void deliver(long nowNs) {
                FlowImpl flow = flows.find(flowId);
                if (flow != null && !flow.isConcluded) {
                    abort(flow, nowNs);
                }
            }

            @Override
            public void refuse(Status status) {
                // The flows end with the path.
            }
        };
    }

    private void abort(FlowImpl flow, long nowNs) {
        flow.isDropped = true;
        flow.droppedFor = DropReason.FLOW_ABORTED;
        flowEnd.bury(flow, null, nowNs);
    }
}
