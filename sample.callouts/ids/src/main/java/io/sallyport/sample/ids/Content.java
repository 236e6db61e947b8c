package io.sallyport.sample.ids;

/**
 * One content of a rule and where it may lie. A content that is not relative begins a chain; relative ones continue it. Immutable.
 */
final class Content {

    /** No upper bound. */
    static final int ANYWHERE = Integer.MAX_VALUE;

    private final byte[] bytes;
    private final boolean isAnyCase;
    private final boolean isRelative;
    private final int least;
    private final int most;

    /**
     * A content.
     *
     * @param bytes in lower case if {@code isAnyCase}
     * @param isRelative whether the bounds count from the end of the content before; else from the start of the data
     * @param least where it begins at the earliest
     * @param most where it ends at the latest, or {@link #ANYWHERE}
     */
    Content(byte[] bytes, boolean isAnyCase, boolean isRelative, int least, int most) {
        this.bytes = bytes;
        this.isAnyCase = isAnyCase;
        this.isRelative = isRelative;
        this.least = least;
        this.most = most;
    }

    byte[] bytes() {
        return bytes;
    }

    int lengthBytes() {
        return bytes.length;
    }

    boolean isAnyCase() {
        return isAnyCase;
    }

    boolean isRelative() {
        return isRelative;
    }

    int least() {
        return least;
    }

    int most() {
        return most;
    }
}
