package io.sallyport.sample.clamav;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One file on its way into clamd, by the command INSTREAM of its protocol. One thread. */
final class Scan implements AutoCloseable {

    /** What clamd says about a file. */
    enum Result {
        CLEAN,
        INFECTED,
        /** clamd is not there, too slow, or does not take the file. */
        UNKNOWN
    }

    private static final byte[] COMMAND = "zINSTREAM\0".getBytes(StandardCharsets.US_ASCII);
    private static final int LENGTH_BYTES = 4;
    private static final int MAX_REPLY_BYTES = 1_024;
    private static final long PATIENCE_MS = 30_000;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;

    /**
     * Connects.
     *
     * @param clamd its socket
     * @throws IOException if it is not there
     */
    Scan(SocketAddress clamd) throws IOException {
        selector = Selector.open();
        SocketChannel opened = null;
        try {
            opened = SocketChannel.open(clamd);
            opened.configureBlocking(false);
            channel = opened;
            key = channel.register(selector, 0);
            write(ByteBuffer.wrap(COMMAND));
        } catch (IOException e) {
            selector.close();
            if (opened != null) {
                opened.close();
            }
            throw e;
        }
    }

    /** Sends a piece of the file. */
    void send(byte[] bytes, int offset, int lengthBytes) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(LENGTH_BYTES + lengthBytes);
        write(chunk.putInt(lengthBytes).put(bytes, offset, lengthBytes).flip());
    }

    /** The file has ended: what is it? */
    Result finish() throws IOException {
        write(ByteBuffer.allocate(LENGTH_BYTES));
        ByteBuffer reply = ByteBuffer.allocate(MAX_REPLY_BYTES);
        while (reply.hasRemaining() && channel.read(reply) >= 0) {
            if (reply.position() > 0 && reply.get(reply.position() - 1) == 0) {
                break;
            }
            await(SelectionKey.OP_READ);
        }
        String text = new String(reply.array(), 0, reply.position(), StandardCharsets.US_ASCII).strip();
        String answer = text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
        if (answer.endsWith(" FOUND")) {
            return Result.INFECTED;
        }
        return answer.equals("stream: OK") ? Result.CLEAN : Result.UNKNOWN;
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(SelectionKey.OP_WRITE);
            }
        }
    }

    private void await(int operation) throws IOException {
        key.interestOps(operation);
        selector.selectedKeys().clear();
        if (selector.select(PATIENCE_MS) == 0) {
            throw new IOException("clamd does not answer");
        }
    }

    @Override
    public void close() {
        try (selector;
                channel) {
            // closes both
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }
}
