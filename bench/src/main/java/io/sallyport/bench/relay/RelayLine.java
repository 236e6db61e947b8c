package io.sallyport.bench.relay;

import io.sallyport.bench.net.FrameQueue;
import io.sallyport.bench.net.PacketSocket;
import java.util.LinkedHashMap;
import java.util.Map;

/** One direction of a relay. Belongs to the relay's thread. */
final class RelayLine {
    private static final int BATCH = 32;
    private static final int HELD = 64;
    private static final int ETHERNET_BYTES = 14;
    /** On a link that falls silent nothing overtakes a held frame; then time releases it. */
    private static final long HOLD_NS = 4_000_000;

    private final PacketSocket in;
    private final PacketSocket out;
    private final Mischief mischief;
    private final FrameQueue queue = new FrameQueue(BATCH, FrameQueue.SLOT_BYTES);
    private final FrameQueue held = new FrameQueue(HELD, FrameQueue.SLOT_BYTES);
    private final int[] overtakersLeft = new int[HELD];
    private final long[] heldUntilNs = new long[HELD];
    private final boolean[] isHeld = new boolean[HELD];
    private int heldCount;

    private long framesIn;
    private long framesOut;
    private long lost;
    private long duplicated;
    private long reordered;
    private long corrupted;
    private long unfinished;
    private long refused;

    RelayLine(PacketSocket in, PacketSocket out, Mischief mischief) {
        this.in = in;
        this.out = out;
        this.mischief = mischief;
    }

    /** Carries what is there; tells whether there was something. */
    boolean carry() {
        int count = in.receive(queue);
        for (int i = 0; i < count; i++) {
            carry(i);
        }
        if (heldCount > 0) {
            releaseByTime(System.nanoTime());
        }
        return count > 0;
    }

    private void carry(int slot) {
        framesIn++;
        if (PacketSocket.isUnfinished(queue, slot)) {
            unfinished++;
        }
        int fate = mischief.next();
        if ((fate & Mischief.LOSE) != 0) {
            lost++;
            return;
        }
        if ((fate & Mischief.CORRUPT) != 0) {
            corrupt(slot);
        }
        if ((fate & Mischief.REORDER) != 0 && hold(slot)) {
            reordered++;
        } else {
            send(queue, slot);
            overtake();
        }
        if ((fate & Mischief.DUPLICATE) != 0) {
            duplicated++;
            send(queue, slot);
        }
    }

    /** One bit behind the Ethernet header. */
    private void corrupt(int slot) {
        int bytes = queue.lengthBytes(slot) - ETHERNET_BYTES;
        if (bytes > 0) {
            int bit = mischief.bit(bytes * 8);
            int at = queue.offset(slot) + ETHERNET_BYTES + bit / 8;
            queue.memory().put(at, (byte) (queue.memory().get(at) ^ 1 << (bit % 8)));
            corrupted++;
        }
    }

    private boolean hold(int slot) {
        for (int i = 0; i < HELD; i++) {
            if (!isHeld[i]) {
                byte[] frame = new byte[queue.lengthBytes(slot)];
                queue.memory().get(queue.offset(slot), frame);
                held.set(i, frame);
                isHeld[i] = true;
                overtakersLeft[i] = mischief.overtakers();
                heldUntilNs[i] = System.nanoTime() + HOLD_NS;
                heldCount++;
                return true;
            }
        }
        return false;
    }

    private void overtake() {
        for (int i = 0; i < HELD && heldCount > 0; i++) {
            if (isHeld[i] && --overtakersLeft[i] <= 0) {
                release(i);
            }
        }
    }

    private void releaseByTime(long nowNs) {
        for (int i = 0; i < HELD && heldCount > 0; i++) {
            if (isHeld[i] && nowNs - heldUntilNs[i] >= 0) {
                release(i);
            }
        }
    }

    private void release(int i) {
        isHeld[i] = false;
        heldCount--;
        send(held, i);
    }

    private void send(FrameQueue from, int slot) {
        if (out.sendOne(from, slot)) {
            framesOut++;
        } else {
            refused++;
        }
    }

    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("framesIn", framesIn);
        figures.put("framesOut", framesOut);
        figures.put("lost", lost);
        figures.put("duplicated", duplicated);
        figures.put("reordered", reordered);
        figures.put("corrupted", corrupted);
        figures.put("unfinishedChecksums", unfinished);
        figures.put("refusedByInterface", refused);
        return figures;
    }
}
