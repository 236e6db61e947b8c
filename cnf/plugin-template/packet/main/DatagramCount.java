package @{package};

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How many datagrams a flow has carried: the flow's context, which only the flow's worker touches. */
final class DatagramCount {

    /** The first byte of what is saved; a version that writes something else writes another number. */
    private static final byte FORMAT = 1;

    private static final int SAVED_BYTES = 1 + Long.BYTES;

    private long datagrams;

    /** Counts one more; the number with it. */
    long next() {
        return ++datagrams;
    }

    byte[] save() {
        return ByteBuffer.allocate(SAVED_BYTES).put(FORMAT).putLong(datagrams).array();
    }

    /** Null if another version wrote it in a form that this one does not know. */
    static @Nullable DatagramCount restore(byte[] saved) {
        if (saved.length != SAVED_BYTES || saved[0] != FORMAT) {
            return null;
        }
        DatagramCount count = new DatagramCount();
        count.datagrams = ByteBuffer.wrap(saved).getLong(1);
        return count;
    }
}
