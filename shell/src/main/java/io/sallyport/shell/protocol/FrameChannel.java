package io.sallyport.shell.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Frames over a connection. One thread reads, one writes, any closes. Not by way of streams: those of a blocking channel
 * lock each other out.
 */
public final class FrameChannel implements AutoCloseable {
    private final SocketChannel channel;
    private final ByteBuffer input =
            ByteBuffer.allocate(Frame.HEADER + Frame.MAX_PAYLOAD).limit(0);

    /**
     * Frames over a channel.
     *
     * @param channel connected, blocking; closed with this object
     */
    public FrameChannel(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits for a frame.
     *
     * @return null at the end of the stream
     * @throws IOException if the stream breaks, or these are no frames
     */
    public @Nullable Frame read() throws IOException {
        if (!fill(Frame.HEADER)) {
            return null;
        }
        int code = input.get();
        int length = input.getInt();
        FrameType type = FrameType.byCode(code);
        if (type == null) {
            throw new IOException("a frame of unknown type " + code);
        }
        if (length < 0 || length > Frame.MAX_PAYLOAD) {
            throw new IOException("a frame of " + length + " bytes");
        }
        if (!fill(length)) {
            throw new IOException("the connection broke inside a frame");
        }
        byte[] payload = new byte[length];
        input.get(payload);
        return new Frame(type, payload);
    }

    /**
     * Writes a frame, and waits as long as the other side does not read.
     *
     * @param frame what
     * @throws IOException if the connection is broken or closed
     */
    public void write(Frame frame) throws IOException {
        ByteBuffer bytes = frame.bytes();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** False at the end of the stream, if it ends between frames. */
    private boolean fill(int wanted) throws IOException {
        if (input.remaining() >= wanted) {
            return true;
        }
        input.compact();
        try {
            while (input.position() < wanted) {
                if (channel.read(input) < 0) {
                    if (input.position() > 0) {
                        throw new IOException("the connection broke inside a frame");
                    }
                    return false;
                }
            }
        } finally {
            input.flip();
        }
        return true;
    }
}
