package io.sallyport.port.pcap.live;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Direct buffers and their addresses. An address is good for as long as its buffer is reachable. */
final class NativeMemory {

    private NativeMemory() {}

    /** Where a direct buffer starts. Makes an object: not for each frame. */
    static long address(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    }

    /** Memory for structures of C. */
    static ByteBuffer allocateNative(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** A big-endian view of somebody else's memory, which must outlive it. */
    static ByteBuffer view(long address, int bytes) {
        return new Pointer(address).getByteBuffer(0, bytes).order(ByteOrder.BIG_ENDIAN);
    }
}
