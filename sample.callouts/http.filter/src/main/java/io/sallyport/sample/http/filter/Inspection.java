package io.sallyport.sample.http.filter;

import io.sallyport.callout.LayerData;
import io.sallyport.sample.parts.http.HttpExchange;
import io.sallyport.sample.parts.http.HttpHead;
import io.sallyport.sample.parts.http.HttpReader;
import io.sallyport.sample.parts.http.HttpSink;
import io.sallyport.sample.parts.pattern.PatternMatcher;

/**
 * One direction of a connection: reads each byte once and knows how many may leave. Touched by the flow's worker only.
 *
 * <p>A request is held from its first byte until it is whole, or 1 MiB of its body was read; of what follows, and of responses,
 * only a head that is not whole, and the longest end that could be the start of a word. What is held is shown again in front of what is new, and
 * skipped.
 */
final class Inspection implements HttpSink {

    static final int MAX_HELD_BODY_BYTES = 1 << 20;
    private static final int PIECE_BYTES = 2_048;

    private final boolean isRequest;
    private final HttpRules rules;
    private final PatternMatcher words;
    private final HttpReader reader;
    private final byte[] piece = new byte[PIECE_BYTES];

    /** Where the last body bytes lie in the stream, as many as a word is long: chunks may stand between them. */
    private final long[] places;

    private int state = PatternMatcher.START;
    private long bodyBytes;
    private boolean isCompressed;
    private long messageStart;

    /** The position of the first byte that has not left, and how many behind it were read. */
    private long windowStart;

    private int seenBytes;

    Inspection(boolean isRequest, HttpExchange exchange, HttpRules rules) {
        this.isRequest = isRequest;
        this.rules = rules;
        this.words = rules.words();
        this.reader = new HttpReader(isRequest, exchange, this);
        this.places = new long[Integer.highestOneBit(Math.max(1, words.maxLengthBytes())) * 2];
    }

    /** Reads what is new of what is shown; false if the connection is to be dropped. */
    boolean read(LayerData data) {
        int length = data.lengthBytes();
        while (seenBytes < length) {
            int count = Math.min(PIECE_BYTES, length - seenBytes);
            data.copyTo(seenBytes, piece, 0, count);
            seenBytes += reader.read(piece, 0, count);
            if (reader.isRefused()) {
                return false;
            }
            if (reader.isTunnel()) {
                return true;
            }
            if (reader.isMessageEnd() && isRequest) {
                return true; // One at a time: what is good leaves, whatever comes behind it.
            }
        }
        return true;
    }

    /** Whether another protocol has begun. */
    boolean isTunnel() {
        return reader.isTunnel();
    }

    /** How many leading bytes of what is shown may leave. Those are forgotten: what is shown next begins behind them. */
    int release() {
        int count = (int) (firstHeld() - windowStart);
        windowStart += count;
        seenBytes -= count;
        return count;
    }

    /** The position of the first byte that may not leave yet. */
    private long firstHeld() {
        long end = windowStart + seenBytes;
        if (reader.isBetweenMessages()) {
            return end;
        }
        if (isRequest && rules.hasWords() && bodyBytes <= MAX_HELD_BODY_BYTES) {
            return Math.max(messageStart, windowStart);
        }
        int depth = isCompressed ? 0 : words.depth(state);
        long word = depth == 0 ? end : places[(int) ((bodyBytes - depth) & (places.length - 1))];
        return Math.max(Math.min(word, end - reader.unjudgedBytes()), windowStart);
    }

    /** The stream has ended: whether what is still held may leave. A head that is not whole may not. */
    boolean mayEnd() {
        return !reader.isInHead();
    }

    void close() {
        reader.close();
    }

    // ---- what the reader tells

    @Override
    public boolean head(HttpHead head) {
        state = PatternMatcher.START;
        bodyBytes = 0;
        isCompressed = false;
        return rules.permit(head);
    }

    @Override
    public boolean body(byte[] bytes, int offset, int lengthBytes, long position) {
        if (!rules.hasWords()) {
            return true;
        }
        isCompressed = position < 0;
        for (int i = 0; i < lengthBytes; i++) {
            places[(int) (bodyBytes++ & (places.length - 1))] = position + i;
            state = words.next(state, bytes[offset + i] & 0xFF);
            if (words.found(state) != null) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean end() {
        state = PatternMatcher.START;
        messageStart = reader.position();
        return true;
    }
}
