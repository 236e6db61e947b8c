package io.sallyport.sample.parts.http;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Undoes gzip (RFC 1952, also of several members) and deflate (RFC 1950, or RFC 1951 without its header) as the bytes come.
 * One body; to be closed, since memory outside of the heap belongs to it. One thread.
 */
final class ContentDecoder implements AutoCloseable {

    /** What grows more than this is a bomb, once it has grown to {@link #MIN_BOMB_BYTES}. */
    private static final long MAX_RATIO = 250;

    private static final long MIN_BOMB_BYTES = 1 << 20;
    private static final int TEXT_FLAGS = 0xE0;
    private static final int HAS_CRC = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int[] FIRST_BYTES = {0x1F, 0x8B, 8};

    private enum Phase {
        FIXED,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        CRC,
        DATA,
        TRAILER,
        BETWEEN
    }

    private final boolean isGzip;
    private final byte[] plain = new byte[4_096];
    private Phase phase = Phase.FIXED;
    private int flags;
    private int done;
    private int extraBytes;
    private long codedBytes;
    private long plainBytes;
    private @Nullable Inflater inflater;

    ContentDecoder(boolean isGzip) {
        this.isGzip = isGzip;
    }

    /** Decodes a piece; false if it is malformed, a bomb, or refused by the sink. */
    boolean decode(byte[] bytes, int offset, int lengthBytes, HttpSink sink) {
        codedBytes += lengthBytes;
        int at = offset;
        int end = offset + lengthBytes;
        while (at < end) {
            if (phase == Phase.DATA || !isGzip) {
                int used = inflate(bytes, at, end - at, sink);
                if (used < 0) {
                    return false;
                }
                at += used;
            } else if (!readHeader(bytes[at++] & 0xFF)) {
                return false;
            }
        }
        return true;
    }

    /** One byte of what stands around the data of gzip. */
    private boolean readHeader(int b) {
        switch (phase) {
            case BETWEEN, FIXED -> {
                phase = Phase.FIXED;
                if (done < FIRST_BYTES.length && b != FIRST_BYTES[done]) {
                    return false;
                }
                if (done == 3) {
                    flags = b;
                }
                if (++done == 10) {
                    next(Phase.EXTRA_LENGTH);
                }
                return (flags & TEXT_FLAGS) == 0;
            }
            case EXTRA_LENGTH -> {
                extraBytes = done == 0 ? b : extraBytes | b << 8;
                if (++done == 2) {
                    next(extraBytes > 0 ? Phase.EXTRA : Phase.NAME);
                }
            }
            case EXTRA -> {
                if (++done == extraBytes) {
                    next(Phase.NAME);
                }
            }
            case NAME, COMMENT -> {
                if (b == 0) {
                    next(phase == Phase.NAME ? Phase.COMMENT : Phase.CRC);
                }
            }
            case CRC -> {
                if (++done == 2) {
                    next(Phase.DATA);
                }
            }
            case TRAILER -> {
                if (++done == 8) {
                    next(Phase.BETWEEN);
                }
            }
            case DATA -> throw new IllegalStateException("data is inflated");
        }
        return true;
    }

    /** Goes to a phase, or to the first one behind it that the flags do not leave out. */
    private void next(Phase to) {
        done = 0;
        phase = to;
        if (phase == Phase.EXTRA_LENGTH && (flags & HAS_EXTRA) == 0) {
            phase = Phase.NAME;
        }
        if (phase == Phase.NAME && (flags & HAS_NAME) == 0) {
            phase = Phase.COMMENT;
        }
        if (phase == Phase.COMMENT && (flags & HAS_COMMENT) == 0) {
            phase = Phase.CRC;
        }
        if (phase == Phase.CRC && (flags & HAS_CRC) == 0) {
            phase = Phase.DATA;
        }
        if (phase == Phase.BETWEEN) {
            flags = 0;
        }
    }

    /** How many bytes were used, or -1. */
    private int inflate(byte[] bytes, int offset, int lengthBytes, HttpSink sink) {
        Inflater current = inflater;
        if (current == null) {
            // A zlib header says 8 in its first four bits; a deflate block of a usual encoder does not begin so.
            current = new Inflater(isGzip || (bytes[offset] & 0xF) != 8);
            inflater = current;
        } else if (current.finished()) {
            return -1; // something behind the end
        }
        current.setInput(bytes, offset, lengthBytes);
        try {
            while (!current.finished()) {
                int count = current.inflate(plain);
                if (count == 0 && !current.finished()) {
                    return current.needsInput() ? lengthBytes : -1;
                }
                plainBytes += count;
                boolean isBomb = plainBytes > MIN_BOMB_BYTES && plainBytes > codedBytes * MAX_RATIO;
                if (isBomb || (count > 0 && !sink.body(plain, 0, count, -1))) {
                    return -1;
                }
            }
        } catch (DataFormatException e) {
            return -1;
        }
        int rest = current.getRemaining();
        if (isGzip) {
            current.reset();
            next(Phase.TRAILER);
        }
        return lengthBytes - rest;
    }

    @Override
    public void close() {
        Inflater current = inflater;
        inflater = null;
        if (current != null) {
            current.end();
        }
    }
}
