package io.sallyport.stack.internal.flow;

import java.util.function.Consumer;

/**
 * When the flows of a table have been idle for too long: one timer for each. A packet only notes the time; its flow's timer is
 * set again when it fires, or when another {@link TimeoutClass} lets the flow live shorter. Owned by the table's worker.
 */
final class FlowTimers {

    /** A tick without a divisor: a quarter of a second. */
    private static final int TICK_SHIFT = 28;

    /** In {@link FlowImpl#timerNs}: not in the wheel. Nothing is earlier. */
    private static final long FIRED = Long.MIN_VALUE;

    private final TimerWheel wheel;
    /** By {@link TimeoutClass}. */
    private final long[] idleNs;

    /**
     * Makes timers that stand still until they are asked.
     *
     * @param timeoutDivisor how many times shorter time-outs are
     */
    FlowTimers(int timeoutDivisor) {
        this.wheel = new TimerWheel(TICK_SHIFT - (Integer.SIZE - 1 - Integer.numberOfLeadingZeros(timeoutDivisor)));
        TimeoutClass[] classes = TimeoutClass.values();
        this.idleNs = new long[classes.length];
        for (TimeoutClass c : classes) {
            idleNs[c.ordinal()] = c.idleNs() / timeoutDivisor;
        }
    }

    /** Makes room, between packets. */
    void reserve(int slots) {
        wheel.reserve(slots);
    }

    /** A flow begins, in its first class. */
    void begin(FlowImpl flow, TimeoutClass timeout, long nowNs) {
        arm(flow, nowNs + idleNs[timeout.ordinal()], nowNs);
    }

    /** A flow that was in use now is in another class. */
    void change(FlowImpl flow, TimeoutClass timeout, long nowNs) {
        long dueNs = nowNs + idleNs[timeout.ordinal()];
        if (dueNs < flow.timerNs) {
            wheel.cancel(flow.slot);
            arm(flow, dueNs, nowNs);
        }
    }

    /** A flow is taken out. */
    void end(FlowImpl flow) {
        if (flow.timerNs != FIRED) {
            wheel.cancel(flow.slot);
        }
    }

    /**
     * Looks at timers that fire: those of flows that were in use meanwhile are set again, the others are handed on.
     *
     * @param slots the table's
     * @param most how many timers at most
     * @param expired ends and removes a flow that has been idle for too long
     */
    void reap(FlowImpl[] slots, long nowNs, int most, Consumer<FlowImpl> expired) {
        for (int i = 0; i < most; i++) {
            int slot = wheel.poll(nowNs);
            if (slot < 0) {
                return;
            }
            FlowImpl flow = slots[slot];
            TimeoutClass c = flow.timeoutClass;
            long dueNs = c == null ? nowNs : flow.lastSeenNs + idleNs[c.ordinal()];
            if (dueNs > nowNs) {
                arm(flow, dueNs, nowNs);
            } else {
                flow.timerNs = FIRED;
                expired.accept(flow);
            }
        }
    }

    private void arm(FlowImpl flow, long dueNs, long nowNs) {
        flow.timerNs = dueNs;
        wheel.schedule(flow.slot, dueNs, nowNs);
    }
}
