package @{package};

import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How many bytes a connection has carried: the flow's context, which only the flow's worker touches. */
final class ByteCount {

    /** The first byte of what is saved; a version that writes something else writes another number. */
    private static final byte FORMAT = 1;

    private static final int SAVED_BYTES = 1 + 2 * Long.BYTES;

    private long sentBytes;
    private long receivedBytes;

    /** By position, so that a piece which is shown twice, to two filters, counts once. */
    void add(StreamData stream) {
        long end = stream.position() + stream.lengthBytes();
        if ((stream.flags() & StreamFlags.SEND) != 0) {
            sentBytes = Math.max(sentBytes, end);
        } else {
            receivedBytes = Math.max(receivedBytes, end);
        }
    }

    /** Of both directions together. */
    long bytes() {
        return sentBytes + receivedBytes;
    }

    byte[] save() {
        return ByteBuffer.allocate(SAVED_BYTES)
                .put(FORMAT)
                .putLong(sentBytes)
                .putLong(receivedBytes)
                .array();
    }

    /** Null if another version wrote it in a form that this one does not know. */
    static @Nullable ByteCount restore(byte[] saved) {
        if (saved.length != SAVED_BYTES || saved[0] != FORMAT) {
            return null;
        }
        ByteCount count = new ByteCount();
        count.sentBytes = ByteBuffer.wrap(saved).getLong(1);
        count.receivedBytes = ByteBuffer.wrap(saved).getLong(1 + Long.BYTES);
        return count;
    }
}
