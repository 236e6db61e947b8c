package io.sallyport.port.pcap.live;

import java.nio.ByteBuffer;

/**
 * The kernel's whole copies of frames that did not fit into a ring slot. They wait in the order of the ring, but not each cut
 * frame has one: which belongs to which is told by comparing all bytes that the ring has. Owned by the thread that reads.
 */
final class LargeFrames {
    private static final int TAG_BYTES = 4;
    private static final int TAG_AT = 12;

    private final int descriptor;
    /** A copy that was taken and belongs to a later frame. */
    private final ByteBuffer waiting = ByteBuffer.allocateDirect(LiveBatch.MAX_FRAME_BYTES);

    private int waitingBytes;

    LargeFrames(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Puts a frame where the batch wants its next one, whole if it can be had.
     *
     * @param batch has room
     * @param cut what the ring has of the frame
     * @param captured how many bytes that are
     * @param wireLength how long the frame is
     * @return how many bytes there are now
     */
    int take(LiveBatch batch, ByteBuffer cut, int captured, int wireLength) {
        ByteBuffer memory = batch.memory();
        int at = batch.nextOffset();
        int copied = waitingBytes;
        if (copied > 0) {
            memory.put(at, waiting, 0, copied);
        } else {
            copied = receive(batch.address(at));
        }
        if (copied <= 0 || copied > LiveBatch.MAX_FRAME_BYTES - TAG_BYTES) { // none, or too large to be had
            memory.put(at, cut, 0, captured);
            return captured;
        }
        if (isSame(memory, at, copied, cut, captured, wireLength)) {
            waitingBytes = 0;
            int missing = wireLength - copied;
            if (missing > 0) { // the card took the VLAN tag out; libpcap put it back into what the ring has
                memory.put(at + missing, memory, at, copied);
            }
            memory.put(at, cut, 0, captured);
            return wireLength;
        }
        if (waitingBytes == 0) {
            waiting.put(0, memory, at, copied);
            waitingBytes = copied;
        }
        memory.put(at, cut, 0, captured);
        return captured;
    }

    /** Forgets what waits here and one copy that waits in the kernel. */
    void discard() {
        waitingBytes = 0;
        // The memory is as good as any: what is received is forgotten.
        long ignored = LibC.recv(descriptor, NativeMemory.address(waiting), waiting.capacity(), LibC.MSG_DONTWAIT);
    }

    private int receive(long address) {
        return (int) LibC.recv(
                descriptor, address, LiveBatch.MAX_FRAME_BYTES - TAG_BYTES, LibC.MSG_DONTWAIT | LibC.MSG_TRUNC);
    }

    private static boolean isSame(ByteBuffer memory, int at, int copied, ByteBuffer cut, int captured, int wireLength) {
        int missing = wireLength - copied;
        if (wireLength > LiveBatch.MAX_FRAME_BYTES) {
            return false;
        }
        if (missing == 0) {
            return isEqual(memory, at, cut, 0, captured);
        }
        return missing == TAG_BYTES
                && captured > TAG_AT + TAG_BYTES
                && isEqual(memory, at, cut, 0, TAG_AT)
                && isEqual(memory, at + TAG_AT, cut, TAG_AT + TAG_BYTES, captured - TAG_AT - TAG_BYTES);
    }

    private static boolean isEqual(ByteBuffer a, int aStart, ByteBuffer b, int bStart, int lengthBytes) {
        int i = 0;
        for (; i + Long.BYTES <= lengthBytes; i += Long.BYTES) {
            if (a.getLong(aStart + i) != b.getLong(bStart + i)) {
                return false;
            }
        }
        for (; i < lengthBytes; i++) {
            if (a.get(aStart + i) != b.get(bStart + i)) {
                return false;
            }
        }
        return true;
    }
}
