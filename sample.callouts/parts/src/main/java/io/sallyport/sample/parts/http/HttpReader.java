package io.sallyport.sample.parts.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of one direction of an HTTP/1 connection as they come (RFC 9112), whatever pieces they come in: heads,
 * bodies of a known length, chunked or up to the end of the stream, gzip and deflate. What is malformed, or could be read in
 * two ways, is refused. Holds at most 64 KiB and the state of one decoder. To be closed. One thread at a time.
 */
public final class HttpReader implements AutoCloseable {

    static final int MAX_HEAD_BYTES = 65_536;
    private static final int FIRST_HEAD_BYTES = 1_024;
    private static final int MAX_KEPT_BYTES = 4_096;
    private static final int MAX_CHUNK_LINE_BYTES = 256;
    private static final int MAX_CHUNK_DIGITS = 15;
    private static final int MAX_TRAILER_BYTES = 8_192;

    private enum Phase {
        HEAD,
        FIXED,
        UNTIL_CLOSE,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        TUNNEL,
        REFUSED
    }

    private final boolean isRequest;
    private final HttpExchange exchange;
    private final HttpSink sink;
    private final HttpHead head;
    private byte[] line = {};
    private int lineBytes;
    private int lineStart;
    private boolean hasSkippedLine;
    private Phase phase = Phase.HEAD;
    private long leftBytes;
    private long position;
    private boolean isMessageEnd;
    private @Nullable ContentDecoder decoder;

    /**
     * A direction of which nothing was read.
     *
     * @param isRequest whether requests come this way
     * @param exchange what both directions share
     * @param sink who is told
     */
    public HttpReader(boolean isRequest, HttpExchange exchange, HttpSink sink) {
        this.isRequest = isRequest;
        this.exchange = exchange;
        this.sink = sink;
        this.head = new HttpHead(isRequest);
    }

    /**
     * How many bytes were read, since the start of the stream.
     *
     * @return a number of bytes
     */
    public long position() {
        return position;
    }

    /**
     * Whether something cannot be followed, or the sink refused it: nothing is read any more.
     *
     * @return true: for good
     */
    public boolean isRefused() {
        return phase == Phase.REFUSED;
    }

    /**
     * Whether the last byte read was the last one of a message.
     *
     * @return false also at the start
     */
    public boolean isMessageEnd() {
        return isMessageEnd;
    }

    /**
     * Whether no message is begun.
     *
     * @return true at the start and behind each message
     */
    public boolean isBetweenMessages() {
        return phase == Phase.HEAD && lineBytes == 0;
    }

    /**
     * Whether the head of a message is begun, and not whole.
     *
     * @return false also between messages
     */
    public boolean isInHead() {
        return phase == Phase.HEAD && lineBytes > 0;
    }

    /**
     * How many of the bytes read last belong to a head, a size of a chunk or a trailer that is not whole, and so not judged.
     *
     * @return 0 inside of content and between messages
     */
    public int unjudgedBytes() {
        return lineBytes;
    }

    /**
     * Whether another protocol has begun.
     *
     * @return true: what is read is ignored
     */
    public boolean isTunnel() {
        return phase == Phase.TUNNEL;
    }

    /**
     * Reads bytes up to the end of a message.
     *
     * @param bytes where they lie
     * @param from the first
     * @param to behind the last
     * @return how many were read: fewer only at the end of a message, or if something is refused
     */
    public int read(byte[] bytes, int from, int to) {
        int at = from;
        isMessageEnd = false;
        while (at < to && !isMessageEnd && phase != Phase.REFUSED) {
            long before = position;
            switch (phase) {
                case HEAD, CHUNK_SIZE, CHUNK_END, TRAILER -> {
                    position++;
                    readLine(bytes[at++]);
                }
                case FIXED, CHUNK, UNTIL_CLOSE -> {
                    int count = phase == Phase.UNTIL_CLOSE ? to - at : (int) Math.min(leftBytes, to - at);
                    position += count;
                    readBody(bytes, at, count, before);
                    at += count;
                }
                default -> {
                    position += to - at;
                    at = to;
                }
            }
        }
        return at - from;
    }

    /**
     * The stream has ended.
     *
     * @return false if it ended inside a message, or the sink refused
     */
    public boolean end() {
        if (phase == Phase.UNTIL_CLOSE) {
            endMessage();
        }
        return phase != Phase.REFUSED && (isBetweenMessages() || phase == Phase.TUNNEL);
    }

    private void readBody(byte[] bytes, int at, int count, long start) {
        ContentDecoder coded = decoder;
        boolean isGood = coded == null ? sink.body(bytes, at, count, start) : coded.decode(bytes, at, count, sink);
        if (!isGood) {
            refuse();
        } else if (phase != Phase.UNTIL_CLOSE) {
            leftBytes -= count;
            if (leftBytes == 0 && phase == Phase.FIXED) {
                endMessage();
            } else if (leftBytes == 0) {
                begin(Phase.CHUNK_END);
            }
        }
    }

    private void begin(Phase next) {
        phase = next;
        lineBytes = 0;
        lineStart = 0;
    }

    private void refuse() {
        begin(Phase.REFUSED);
        close();
        line = new byte[0];
    }

    private void endMessage() {
        close();
        begin(Phase.HEAD);
        if (line.length > MAX_KEPT_BYTES) {
            line = new byte[0];
        }
        hasSkippedLine = false;
        isMessageEnd = true;
        if (!sink.end()) {
            refuse();
        }
    }

    // ---- lines: heads, sizes of chunks, trailers

    private int maxLineBytes() {
        return switch (phase) {
            case HEAD -> MAX_HEAD_BYTES;
            case TRAILER -> MAX_TRAILER_BYTES;
            default -> MAX_CHUNK_LINE_BYTES;
        };
    }

    private void readLine(byte b) {
        boolean isAfterCr = lineBytes > lineStart && line[lineBytes - 1] == '\r';
        boolean isControl = (b >= 0 && b < ' ' && b != '\t' && b != '\r' && b != '\n') || b == 0x7F;
        if (isControl || isAfterCr != (b == '\n') || lineBytes == maxLineBytes()) {
            refuse(); // also a CR or LF that stands alone
            return;
        }
        if (lineBytes == line.length) {
            line = Arrays.copyOf(line, Math.max(FIRST_HEAD_BYTES, 2 * lineBytes));
        }
        line[lineBytes++] = b;
        if (b == '\n') {
            int start = lineStart;
            lineStart = lineBytes;
            endLine(start, lineBytes - 2);
        }
    }

    private void endLine(int start, int end) {
        switch (phase) {
            case HEAD -> {
                if (end > start) {
                    return; // The whole head is looked at in one go.
                }
                if (end > 0) {
                    beginBody();
                } else if (isRequest && !hasSkippedLine) { // RFC 9112, section 2.2
                    hasSkippedLine = true;
                    begin(Phase.HEAD);
                } else {
                    refuse();
                }
            }
            case CHUNK_SIZE -> beginChunk(end);
            case CHUNK_END -> {
                if (end > 0) {
                    refuse();
                } else {
                    begin(Phase.CHUNK_SIZE);
                }
            }
            default -> { // trailers: fields that nobody merges
                if (end == start) {
                    endMessage();
                } else if (!isField(start, end)) {
                    refuse();
                }
            }
        }
    }

    private boolean isField(int start, int end) {
        int at = start;
        while (at < end && HttpText.isToken(line[at])) {
            at++;
        }
        return at > start && at < end && line[at] == ':';
    }

    private void beginChunk(int end) {
        long size = 0;
        int at = 0;
        while (at < end && HttpText.hex(line[at]) >= 0) {
            size = size << 4 | HttpText.hex(line[at++]);
        }
        if (at == 0 || at > MAX_CHUNK_DIGITS || (at < end && line[at] != ';')) {
            refuse();
        } else {
            leftBytes = size;
            begin(size > 0 ? Phase.CHUNK : Phase.TRAILER);
        }
    }

    private void beginBody() {
        if (!head.read(line, lineBytes) || (!isRequest && !exchange.isAsked()) || !sink.head(head)) {
            refuse();
            return;
        }
        boolean isEmpty;
        if (isRequest) {
            HttpExchange.Method method = head.isMethod("HEAD")
                    ? HttpExchange.Method.HEAD
                    : head.isMethod("CONNECT") ? HttpExchange.Method.CONNECT : HttpExchange.Method.OTHER;
            if (!exchange.ask(method)) {
                refuse();
                return;
            }
            isEmpty = !head.isChunked() && head.contentLength() == HttpHead.NO_LENGTH;
        } else {
            if (isTunnelBegun(exchange.asked())) {
                begin(Phase.TUNNEL);
                return;
            }
            isEmpty = head.status() < 200
                    || head.status() == 204
                    || head.status() == 304
                    || exchange.asked() == HttpExchange.Method.HEAD;
            if (head.status() >= 200) {
                exchange.answered();
            }
        }
        chooseBody(isEmpty);
    }

    private boolean isTunnelBegun(HttpExchange.Method asked) {
        boolean isConnected = asked == HttpExchange.Method.CONNECT && head.status() / 100 == 2;
        return head.status() == 101 || isConnected;
    }

    private void chooseBody(boolean isEmpty) {
        if (isEmpty || head.contentLength() == 0) {
            endMessage();
            return;
        }
        HttpHead.Coding coding = head.coding();
        if (coding == HttpHead.Coding.GZIP || coding == HttpHead.Coding.DEFLATE) {
            decoder = new ContentDecoder(coding == HttpHead.Coding.GZIP);
        }
        if (head.isChunked()) {
            begin(Phase.CHUNK_SIZE);
        } else if (head.contentLength() == HttpHead.NO_LENGTH) {
            begin(Phase.UNTIL_CLOSE);
        } else {
            leftBytes = head.contentLength();
            begin(Phase.FIXED);
        }
    }

    /** Gives the memory of a decoder back. */
    @Override
    public void close() {
        ContentDecoder coded = decoder;
        decoder = null;
        if (coded != null) {
            coded.close();
        }
    }
}
