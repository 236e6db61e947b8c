package io.sallyport.engine.internal;

import io.sallyport.callout.StreamFlags;
import io.sallyport.engine.api.StreamIndication;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A piece of a stream, as a stack would indicate it. */
public record Piece(long position, String text, int flags, boolean isDecisionForced, boolean isMidStream)
        implements StreamIndication {

    public static Piece received(long position, String text) {
        return new Piece(position, text, StreamFlags.RECEIVE, false, false);
    }

    public static Piece sent(long position, String text) {
        return new Piece(position, text, StreamFlags.SEND, false, false);
    }

    public static Piece fin(long position) {
        return new Piece(position, "", StreamFlags.RECEIVE | StreamFlags.RECEIVE_DISCONNECT, true, false);
    }

    public Piece forced() {
        return new Piece(position, text, flags, true, isMidStream);
    }

    public Piece midStream() {
        return new Piece(position, text, flags, isDecisionForced, true);
    }

    @Override
    public ByteBuffer memory() {
        ByteBuffer memory = ByteBuffer.allocateDirect(8 + text.length());
        memory.position(8);
        memory.put(text.getBytes(StandardCharsets.ISO_8859_1));
        return memory;
    }

    @Override
    public int offset() {
        return 8;
    }

    @Override
    public int lengthBytes() {
        return text.length();
    }

    @Override
    public boolean isBufferLimitReached() {
        return false;
    }
}
