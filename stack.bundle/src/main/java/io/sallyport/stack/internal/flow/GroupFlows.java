package io.sallyport.stack.internal.flow;

import io.sallyport.stack.internal.packet.PacketRecord;
import org.jspecify.annotations.Nullable;

/**
 * Outbound flows to groups, by where answers to them go (ALE-6). Bounded: answers to more questions at once have to be
 * permitted by themselves, like any datagram from outside. Owned by one worker.
 */
final class GroupFlows {

    private static final int MOST = 1_024;

    private final KeyedHash keyedHash;
    private final SlotIndex index = new SlotIndex(MOST);
    private int count;

    GroupFlows(KeyedHash keyedHash) {
        this.keyedHash = keyedHash;
    }

    /** Finds the question of the host that a packet goes to; null if it has asked no group. */
    @Nullable FlowImpl find(PacketRecord p, FlowImpl[] slots) {
        if (count == 0 || FlowKey.isRequest(p)) {
            return null;
        }
        long answer = FlowKey.groupAnswer(p, p.destinationPort());
        int hash = hash(p.destinationHigh(), p.destinationLow(), answer, p);
        for (int cell = index.next(hash, index.start(hash)); cell >= 0; cell = index.next(hash, cell + 1)) {
            FlowImpl flow = slots[index.slot(cell)];
            boolean isAsker = flow.localLow() == p.destinationLow() && flow.localHigh() == p.destinationHigh();
            if (isAsker && flow.isToGroup() && flow.groupAnswer == answer && flow.vlanKey == p.vlanKey()) {
                return flow;
            }
        }
        return null;
    }

    /** Enters a flow that begins with a packet to a group. */
    void enter(FlowImpl flow, PacketRecord p) {
        if (count < MOST) {
            flow.groupAnswer = FlowKey.groupAnswer(p, p.sourcePort());
            flow.groupHash = hash(p.sourceHigh(), p.sourceLow(), flow.groupAnswer, p);
            index.insert(flow.groupHash, flow.slot);
            count++;
        }
    }

    /** Forgets a flow, if it was entered. */
    void leave(FlowImpl flow) {
        if (flow.groupAnswer != 0) {
            index.remove(flow.groupHash, flow.slot);
            count--;
        }
    }

    private int hash(long high, long low, long answer, PacketRecord p) {
        return (int) keyedHash.hash(high, low, 0, 0, answer, p.vlanKey());
    }
}
