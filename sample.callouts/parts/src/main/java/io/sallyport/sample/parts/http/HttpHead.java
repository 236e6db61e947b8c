package io.sallyport.sample.parts.http;

/**
 * The head of an HTTP/1 message (RFC 9112), as far as it matters for finding the body and for judging. Strict: what two
 * receivers could read differently is malformed. One object is used again and again; it does not allocate.
 */
public final class HttpHead {

    /** How the content is coded (RFC 9110, section 8.4). */
    public enum Coding {
        /** Not at all. */
        NONE,
        /** gzip. */
        GZIP,
        /** zlib, or deflate without a header. */
        DEFLATE,
        /** In a way that is not read here, or in several. */
        OTHER
    }

    static final long NO_LENGTH = -1;
    private static final int MAX_DIGITS = 18;

    private final boolean isRequest;
    private byte[] bytes = {};
    private int methodEnd;
    private int targetOffset;
    private int targetEnd;
    private int hostOffset;
    private int hostEnd;
    private int hosts;
    private int status;
    private int minorVersion;
    private long contentLength;
    private boolean isChunked;
    private Coding coding = Coding.NONE;

    HttpHead(boolean isRequest) {
        this.isRequest = isRequest;
    }

    /**
     * Where all of it lies.
     *
     * @return good as long as the head is
     */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * Whether this is a request.
     *
     * @return false: a response
     */
    public boolean isRequest() {
        return isRequest;
    }

    /**
     * Of a request: where its target begins.
     *
     * @return an offset into {@link #bytes}
     */
    public int targetOffset() {
        return targetOffset;
    }

    /**
     * Of a request: where its target ends.
     *
     * @return the offset behind its last byte
     */
    public int targetEnd() {
        return targetEnd;
    }

    /**
     * Of a request: where the value of its Host field begins.
     *
     * @return an offset into {@link #bytes}; equal to {@link #hostEnd} if there is none
     */
    public int hostOffset() {
        return hostOffset;
    }

    /**
     * Of a request: where the value of its Host field ends.
     *
     * @return the offset behind its last byte
     */
    public int hostEnd() {
        return hostEnd;
    }

    /**
     * Of a response: its status.
     *
     * @return 100 to 599; 0 in a request
     */
    public int status() {
        return status;
    }

    /**
     * How the body is coded.
     *
     * @return of {@link Coding#OTHER} ones the body is shown as it comes
     */
    public Coding coding() {
        return coding;
    }

    /**
     * Whether the method is one.
     *
     * @param name in capitals
     * @return only in requests
     */
    public boolean isMethod(String name) {
        return isRequest && methodEnd == name.length() && HttpText.isEqual(bytes, 0, methodEnd, name, false);
    }

    long contentLength() {
        return contentLength;
    }

    boolean isChunked() {
        return isChunked;
    }

    /** Reads a head with its empty line; false if it is malformed. */
    boolean read(byte[] head, int lengthBytes) {
        bytes = head;
        hosts = 0;
        hostOffset = 0;
        hostEnd = 0;
        status = 0;
        contentLength = NO_LENGTH;
        isChunked = false;
        coding = Coding.NONE;
        int lineEnd = HttpText.lineEnd(bytes, 0);
        if (!(isRequest ? readRequestLine(lineEnd) : readStatusLine(lineEnd))) {
            return false;
        }
        for (int at = lineEnd + 2; at < lengthBytes - 2; at = lineEnd + 2) {
            lineEnd = HttpText.lineEnd(bytes, at);
            if (!readField(at, lineEnd)) {
                return false;
            }
        }
        // A new client names its host once (RFC 9112, section 3.2); a body has one length.
        boolean isHostGood = !isRequest || (minorVersion == 0 ? hosts <= 1 : hosts == 1);
        boolean isLengthGood = !isChunked || (contentLength == NO_LENGTH && minorVersion == 1);
        return isHostGood && isLengthGood;
    }

    private boolean readRequestLine(int end) {
        methodEnd = 0;
        while (methodEnd < end && HttpText.isToken(bytes[methodEnd])) {
            methodEnd++;
        }
        targetOffset = methodEnd + 1;
        targetEnd = targetOffset;
        while (targetEnd < end && bytes[targetEnd] != ' ' && bytes[targetEnd] != '\t') {
            targetEnd++;
        }
        boolean isWhole = methodEnd > 0 && targetEnd > targetOffset && targetEnd < end && bytes[methodEnd] == ' ';
        return isWhole && bytes[targetEnd] == ' ' && readVersion(targetEnd + 1) && targetEnd + 9 == end;
    }

    private boolean readStatusLine(int end) {
        if (end < 12 || !readVersion(0) || bytes[8] != ' ' || (end > 12 && bytes[12] != ' ')) {
            return false;
        }
        for (int i = 9; i < 12; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
            status = status * 10 + bytes[i] - '0';
        }
        return status >= 100 && status <= 599;
    }

    private boolean readVersion(int at) {
        if (at + 8 > bytes.length || !HttpText.isEqual(bytes, at, at + 7, "HTTP/1.", false)) {
            return false;
        }
        minorVersion = bytes[at + 7] - '0';
        return minorVersion == 0 || minorVersion == 1;
    }

    private boolean readField(int start, int end) {
        int colon = start;
        while (colon < end && HttpText.isToken(bytes[colon])) {
            colon++;
        }
        if (colon == start || colon == end || bytes[colon] != ':') {
            return false; // also a folded line, and white space before the colon
        }
        int from = colon + 1;
        int to = end;
        while (from < to && HttpText.isSpace(bytes[from])) {
            from++;
        }
        while (to > from && HttpText.isSpace(bytes[to - 1])) {
            to--;
        }
        return switch (colon - start) {
            case 4 -> !isRequest || !isNamed(start, colon, "host") || readHost(from, to);
            case 14 -> !isNamed(start, colon, "content-length") || readLength(from, to);
            case 16 -> !isNamed(start, colon, "content-encoding") || readCoding(from, to);
            case 17 -> !isNamed(start, colon, "transfer-encoding") || readTransfer(from, to);
            default -> true;
        };
    }

    private boolean isNamed(int from, int to, String name) {
        return HttpText.isEqual(bytes, from, to, name, true);
    }

    private boolean readHost(int from, int to) {
        hostOffset = from;
        hostEnd = to;
        return ++hosts == 1;
    }

    private boolean readLength(int from, int to) {
        if (contentLength != NO_LENGTH || from == to || to - from > MAX_DIGITS) {
            return false;
        }
        contentLength = 0;
        for (int i = from; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
            contentLength = contentLength * 10 + bytes[i] - '0';
        }
        return true;
    }

    private boolean readTransfer(int from, int to) {
        boolean isFirst = !isChunked;
        isChunked = true;
        return isFirst && isNamed(from, to, "chunked");
    }

    private boolean readCoding(int from, int to) {
        int at = from;
        while (at < to) {
            int end = at;
            while (end < to && bytes[end] != ',') {
                end++;
            }
            int last = end;
            while (last > at && HttpText.isSpace(bytes[last - 1])) {
                last--;
            }
            if (last > at && !isNamed(at, last, "identity")) {
                coding = coding == Coding.NONE ? coding(at, last) : Coding.OTHER;
            }
            at = end + 1;
            while (at < to && HttpText.isSpace(bytes[at])) {
                at++;
            }
        }
        return true;
    }

    private Coding coding(int from, int to) {
        if (isNamed(from, to, "gzip") || isNamed(from, to, "x-gzip")) {
            return Coding.GZIP;
        }
        return isNamed(from, to, "deflate") ? Coding.DEFLATE : Coding.OTHER;
    }
}
