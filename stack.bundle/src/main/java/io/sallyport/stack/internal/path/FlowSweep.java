package io.sallyport.stack.internal.path;

import io.sallyport.engine.api.Classifier;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.internal.count.PathCounters;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.FlowPrompt;
import io.sallyport.stack.internal.flow.FlowTable;
import io.sallyport.stack.internal.packet.HeaderParser;

/**
 * Asks for existing flows at once after a commit that wants them {@linkplain io.sallyport.engine.api.ExistingFlows#RESET
 * reset}, instead of at their next packet: one flow a step, a few steps a turn, round the table once. Each is asked for by a
 * {@link FlowPrompt}, through the same shim and to the same effect as by a real packet, so a refused connection is reset at
 * both ends if the discard layer permits that.
 *
 * <p>It judges by whatever policy is in force: a later commit that keeps or rechecks does not stop it, another reset has it go round
 * once more from where it is, so no number of commits can keep it from any flow. While a retained policy is there
 * (BOOT-8), or no ALE shim, it waits. Owned by one worker.
 */
final class FlowSweep {

    /** Slots that one step looks at; a slot that needs nothing costs a look at one number. */
    private static final int SLOTS_PER_STEP = 256;

    private final FlowTable flows;
    private final FlowAuthority authority;
    private final Classifier classifier;
    private final ShimSlots slots;
    private final PathCounters counters;
    private final Books books;
    private final FlowPrompt prompt;

    /** What is being asked. */
    final Unit unit = new Unit();

    private long resets;
    private int next;
    private int slotsLeft;

    FlowSweep(
            FlowTable flows,
            FlowAuthority authority,
            Classifier classifier,
            ShimSlots slots,
            HeaderParser parser,
            PathCounters counters,
            Books books) {
        this.flows = flows;
        this.authority = authority;
        this.classifier = classifier;
        this.slots = slots;
        this.counters = counters;
        this.books = books;
        this.prompt = new FlowPrompt(parser);
        // What an engine did before this worker came to it: its flows are rechecked anyway.
        this.resets = classifier.resets();
    }

    /** Tells whether there is something to do. Between packets. */
    boolean isDue() {
        return slotsLeft > 0 || classifier.resets() != resets;
    }

    /**
     * Goes on to the next flow that is to be asked for, and asks. Inside the engine, as if it were a packet.
     *
     * @return false if this turn has nothing more to do
     */
    boolean step(long nowNs) {
        if (classifier.hasRetainedPolicy() || slots.ale == null) {
            return false;
        }
        if (classifier.resets() != resets) {
            resets = classifier.resets();
            slotsLeft = flows.slotCount();
        }
        for (int i = 0; i < SLOTS_PER_STEP && slotsLeft > 0; i++) {
            next = next < flows.slotCount() ? next : 0;
            slotsLeft--;
            FlowImpl flow = flows.live(next++);
            if (flow != null && authority.isRecheckDue(flow)) {
                ask(flow, nowNs);
                break;
            }
        }
        return slotsLeft > 0;
    }

    /** A refused prompt is in the books like any packet that was made here and dropped; one that is permitted never was. */
    private void ask(FlowImpl flow, long nowNs) {
        unit.begin(null);
        unit.flow = flow;
        unit.isPrompt = true;
        books.injected++;
        prompt.write(flow, unit.packet, Settlement.MADE_HERE, nowNs);
        if (authority.recheck(unit, flow, nowNs)) {
            books.injected--;
            unit.isSettled = true;
        } else if (flow.isConcluded) {
            counters.count(PathCounter.FLOWS_RESET);
        }
    }
}
