package io.sallyport.shell.protocol;

import java.io.EOFException;
import java.nio.ByteBuffer;

/**
 * One message: a byte for its type, an int for the length of its payload, the payload. Not to be changed once made: the
 * array is shared.
 *
 * @param type kind
 * @param payload at most {@value #MAX_PAYLOAD} bytes
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Frame(FrameType type, byte[] payload) {
    /** A longer one is refused before its bytes are read. */
    public static final int MAX_PAYLOAD = 64 * 1024;

    static final int HEADER = 5;

    /** Checks the length. */
    public Frame {
        if (payload.length > MAX_PAYLOAD) {
            throw new IllegalArgumentException(payload.length + " bytes do not fit a frame");
        }
    }

    /**
     * A frame of ints.
     *
     * @param type kind
     * @param values payload
     * @return a frame
     */
    public static Frame of(FrameType type, int... values) {
        ByteBuffer payload = ByteBuffer.allocate(values.length * Integer.BYTES);
        for (int value : values) {
            payload.putInt(value);
        }
        return new Frame(type, payload.array());
    }

    /**
     * The frame as it goes over the wire.
     *
     * @return header and payload
     */
    ByteBuffer bytes() {
        return ByteBuffer.allocate(HEADER + payload.length)
                .put((byte) type.code())
                .putInt(payload.length)
                .put(payload)
                .flip();
    }

    /**
     * An int of the payload.
     *
     * @param index which one, from 0
     * @return its value
     * @throws EOFException if the payload is too short
     */
    public int intAt(int index) throws EOFException {
        if (payload.length < (index + 1) * Integer.BYTES) {
            throw new EOFException("a frame " + type + " of " + payload.length + " bytes");
        }
        return ByteBuffer.wrap(payload).getInt(index * Integer.BYTES);
    }
}
