package io.sallyport.stack.internal.hold;

import io.sallyport.stack.internal.packet.PacketRecord;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A bounded pool of direct memory for frames that are held. Slots for usual frames are made between packets; the few for
 * jumbo and super-frames when one comes, and reused from then on. Owned by one worker.
 */
public final class FrameSlab {

    private static final int SMALL = 2_048;
    private static final int SMALL_PER_BLOCK = 64;
    /** An Ethernet header with tags and SNAP, and the largest IP packet. */
    private static final int LARGE = 14 + 5 * 4 + 8 + 40 + 65_535;
    /** So many large frames at most: 8 MiB. */
    private static final int MAX_LARGE = 128;

    private final int capacity;
    private final ArrayDeque<HeldFrame> freeSmall = new ArrayDeque<>();
    private final ArrayDeque<HeldFrame> freeLarge = new ArrayDeque<>();
    private int madeSmall;
    private int madeLarge;
    private int held;

    /**
     * Makes an empty slab.
     *
     * @param capacity how many frames may be held
     */
    public FrameSlab(int capacity) {
        this.capacity = capacity;
    }

    /**
     * How much memory the slab may take.
     *
     * @return in bytes
     */
    public long maxBytes() {
        return (long) capacity * SMALL + (long) MAX_LARGE * LARGE;
    }

    /**
     * How much memory a frame takes.
     *
     * @param lengthBytes its length
     * @return the size of its slot
     */
    public static int slotBytes(int lengthBytes) {
        return lengthBytes <= SMALL ? SMALL : LARGE;
    }

    /**
     * Makes slots ahead, between packets.
     *
     * @param count how many frames may be held soon
     */
    public void reserve(int count) {
        int wanted = Math.min(count, capacity - held);
        while (freeSmall.size() < wanted && madeSmall < capacity) {
            int block = Math.min(SMALL_PER_BLOCK, capacity - madeSmall);
            ByteBuffer memory = ByteBuffer.allocateDirect(block * SMALL);
            for (int i = 0; i < block; i++) {
                freeSmall.addLast(new HeldFrame(this, memory, i * SMALL, SMALL));
            }
            madeSmall += block;
        }
    }

    /**
     * Tells whether a frame can be held now.
     *
     * @param lengthBytes its length
     * @return false: a limit is reached
     */
    public boolean hasRoomFor(int lengthBytes) {
        if (held >= capacity || lengthBytes > LARGE) {
            return false;
        }
        return lengthBytes <= SMALL ? !freeSmall.isEmpty() : !freeLarge.isEmpty() || madeLarge < MAX_LARGE;
    }

    /**
     * Copies a frame into the slab.
     *
     * @param p the frame
     * @return its copy, or null if a limit is reached
     */
    public @Nullable HeldFrame hold(PacketRecord p) {
        int length = p.frameLengthBytes();
        if (!hasRoomFor(length)) {
            return null;
        }
        HeldFrame slot = length <= SMALL ? freeSmall.pollFirst() : largeSlot();
        if (slot == null) {
            return null;
        }
        held++;
        slot.memory.put(slot.offset, p.memory(), p.frameOffset(), length);
        slot.lengthBytes = length;
        slot.frameNumber = p.frameNumber();
        slot.timestampNs = p.timestampNs();
        slot.side = p.arrivalSide();
        slot.direction = p.direction();
        slot.injection = p.injection();
        slot.nextFragment = null;
        slot.previousFragment = null;
        slot.nextInQueue = null;
        slot.endPosition = 0;
        slot.changes = 0;
        return slot;
    }

    private @Nullable HeldFrame largeSlot() {
        HeldFrame slot = freeLarge.pollFirst();
        if (slot == null && madeLarge < MAX_LARGE) {
            slot = new HeldFrame(this, ByteBuffer.allocateDirect(LARGE), 0, LARGE);
            madeLarge++;
        }
        return slot;
    }

    /**
     * Gives a slot back, to the slab that it came from.
     *
     * @param slot from {@link #hold} of this slab or another one; not used afterwards
     */
    public void release(HeldFrame slot) {
        slot.injection = null;
        slot.nextFragment = null;
        slot.previousFragment = null;
        slot.nextInQueue = null;
        slot.home.takeBack(slot);
    }

    private void takeBack(HeldFrame slot) {
        held--;
        (slot.capacity == SMALL ? freeSmall : freeLarge).addFirst(slot);
    }
}
