package io.sallyport.bench.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Slots for frames, and the kernel's structures to send or receive all of them with one call. Not safe for use by several
 * threads.
 *
 * <p>A slot has four bytes before the frame, for a VLAN tag that the kernel took off.
 */
public final class FrameQueue {
    /** Room of a slot: an IP packet of 64 KiB and more headers than anybody uses. */
    public static final int SLOT_BYTES = 65_664;

    static final int ROOM_FOR_TAG = 4;
    private static final int VECTOR_BYTES = 16;
    private static final int MESSAGE_BYTES = 64;
    private static final int CONTROL_BYTES = 64;
    private static final int VECTOR_AT = 16;
    private static final int CONTROL_AT = 32;
    private static final int CONTROL_LENGTH_AT = 40;
    private static final int RECEIVED_AT = 56;
    /** In a control message: a header of 16 bytes, then struct tpacket_auxdata. */
    private static final int AUX_STATUS = 16;

    private static final int AUX_VLAN_TCI = 32;
    private static final int AUX_VLAN_TPID = 34;
    private static final int STATUS_CHECKSUM_NOT_READY = 8;
    private static final int STATUS_VLAN_VALID = 16;

    private final int slots;
    private final int slotBytes;
    private final ByteBuffer memory;
    private final ByteBuffer vectors;
    private final ByteBuffer messages;
    private final ByteBuffer controls;
    private final long memoryAddress;
    private final long messagesAddress;
    private final int[] offsets;
    private final int[] lengths;

    /**
     * Makes a queue.
     *
     * @param slots how many frames fit
     * @param frameBytes how long a frame may be, at most {@link #SLOT_BYTES} minus 4
     */
    public FrameQueue(int slots, int frameBytes) {
        this.slots = slots;
        slotBytes = frameBytes + ROOM_FOR_TAG;
        memory = NativeMemory.allocate(slots * slotBytes).order(ByteOrder.BIG_ENDIAN);
        vectors = NativeMemory.allocate(slots * VECTOR_BYTES);
        messages = NativeMemory.allocate(slots * MESSAGE_BYTES);
        controls = NativeMemory.allocate(slots * CONTROL_BYTES);
        memoryAddress = NativeMemory.address(memory);
        messagesAddress = NativeMemory.address(messages);
        offsets = new int[slots];
        lengths = new int[slots];
        long vectorsAddress = NativeMemory.address(vectors);
        long controlsAddress = NativeMemory.address(controls);
        for (int i = 0; i < slots; i++) {
            offsets[i] = i * slotBytes + ROOM_FOR_TAG;
            vectors.putLong(i * VECTOR_BYTES, memoryAddress + offsets[i]);
            messages.putLong(i * MESSAGE_BYTES + VECTOR_AT, vectorsAddress + (long) i * VECTOR_BYTES);
            messages.putLong(i * MESSAGE_BYTES + VECTOR_AT + 8, 1);
            messages.putLong(i * MESSAGE_BYTES + CONTROL_AT, controlsAddress + (long) i * CONTROL_BYTES);
        }
    }

    /**
     * The memory of all slots, big-endian.
     *
     * @return the same object always
     */
    public ByteBuffer memory() {
        return memory;
    }

    /**
     * How many frames fit.
     *
     * @return slots
     */
    public int slots() {
        return slots;
    }

    /**
     * Where a frame starts.
     *
     * @param slot 0..slots-1
     * @return index in {@link #memory()}
     */
    public int offset(int slot) {
        return offsets[slot];
    }

    /**
     * How long a frame is; longer than the slot if it was cut.
     *
     * @param slot 0..slots-1
     * @return bytes
     */
    public int lengthBytes(int slot) {
        return lengths[slot];
    }

    /**
     * Puts a frame into a slot, to be sent.
     *
     * @param slot 0..slots-1
     * @param frame its bytes
     */
    public void set(int slot, byte[] frame) {
        memory.put(offsets[slot], frame);
        lengths[slot] = frame.length;
        vectors.putLong(slot * VECTOR_BYTES + 8, frame.length);
    }

    /** Tells whether the sender left the checksum of a received frame to a card. */
    boolean isChecksumNotReady(int slot) {
        return (controls.getInt(slot * CONTROL_BYTES + AUX_STATUS) & STATUS_CHECKSUM_NOT_READY) != 0;
    }

    long address(int slot) {
        return memoryAddress + offsets[slot];
    }

    int capacityBytes() {
        return slotBytes - ROOM_FOR_TAG;
    }

    /** Sends the frames of some slots; tells how many the kernel took. */
    int send(int descriptor, int from, int count) {
        return LibC.sendmmsg(descriptor, messagesAddress + (long) from * MESSAGE_BYTES, count, 0);
    }

    /** Fills slots with what is there; tells how many. */
    int receive(int descriptor) {
        for (int i = 0; i < slots; i++) {
            offsets[i] = i * slotBytes + ROOM_FOR_TAG;
            vectors.putLong(i * VECTOR_BYTES + 8, capacityBytes());
            messages.putLong(i * MESSAGE_BYTES + CONTROL_LENGTH_AT, CONTROL_BYTES);
        }
        int count = LibC.recvmmsg(descriptor, messagesAddress, slots, LibC.MSG_DONTWAIT, 0);
        for (int i = 0; i < count; i++) {
            lengths[i] = messages.getInt(i * MESSAGE_BYTES + RECEIVED_AT);
            restoreTag(i);
        }
        return count;
    }

    /** The kernel hands a VLAN tag out beside the frame. It goes back behind the two MAC addresses. */
    private void restoreTag(int slot) {
        int control = slot * CONTROL_BYTES;
        if ((controls.getInt(control + AUX_STATUS) & STATUS_VLAN_VALID) == 0) {
            return;
        }
        int from = offsets[slot];
        for (int i = 0; i < 12; i++) {
            memory.put(from - ROOM_FOR_TAG + i, memory.get(from + i));
        }
        memory.putShort(from + 8, controls.getShort(control + AUX_VLAN_TPID));
        memory.putShort(from + 10, controls.getShort(control + AUX_VLAN_TCI));
        offsets[slot] = from - ROOM_FOR_TAG;
        lengths[slot] += ROOM_FOR_TAG;
    }
}
