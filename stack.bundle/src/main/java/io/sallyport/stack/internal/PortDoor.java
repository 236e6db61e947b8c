package io.sallyport.stack.internal;

import io.sallyport.stack.port.FrameTransmitter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One way out of a data path that outlives its port. Closed, nothing leaves: also not from a worker that was given up. */
final class PortDoor implements FrameTransmitter {

    /** Management writes, the worker reads. */
    private volatile @Nullable FrameTransmitter port;

    void open(FrameTransmitter newPort) {
        port = newPort;
    }

    void close() {
        port = null;
    }

    @Override
    public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
        FrameTransmitter p = port;
        return p != null && p.transmit(memory, offset, lengthBytes, timestampNs);
    }

    @Override
    public int mtuBytes() {
        FrameTransmitter p = port;
        return p == null ? Integer.MAX_VALUE : p.mtuBytes();
    }

    @Override
    public void flush() {
        FrameTransmitter p = port;
        if (p != null) {
            p.flush();
        }
    }
}
