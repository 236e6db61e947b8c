package io.sallyport.sample.parts.http;

/** What bytes of HTTP heads are. Pure functions. */
final class HttpText {

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
    private static final boolean[] IS_TOKEN = new boolean[128];

    static {
        for (int c = 0; c < IS_TOKEN.length; c++) {
            boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            IS_TOKEN[c] = isLetter || (c >= '0' && c <= '9') || TOKEN_MARKS.indexOf(c) >= 0;
        }
    }

    private HttpText() {}

    /** Whether a byte may be part of a name (RFC 9110, section 5.6.2). */
    static boolean isToken(byte b) {
        return b >= 0 && IS_TOKEN[b];
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\t';
    }

    /** The offset of the CR that ends the line; there is one. */
    static int lineEnd(byte[] bytes, int start) {
        int at = start;
        while (bytes[at] != '\r') {
            at++;
        }
        return at;
    }

    static boolean isEqual(byte[] bytes, int from, int to, String text, boolean isAnyCase) {
        if (to - from != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            int b = bytes[from + i];
            if (isAnyCase && b >= 'A' && b <= 'Z') {
                b += 'a' - 'A';
            }
            if (b != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hex(int b) {
        return Character.digit(b < 128 ? b : 0, 16);
    }
}
