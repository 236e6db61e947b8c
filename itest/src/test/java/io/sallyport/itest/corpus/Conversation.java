package io.sallyport.itest.corpus;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A TCP connection and its two byte streams.
 *
 * @param first the end whose packet came first
 * @param second the other end
 * @param fromFirst bytes from the first end
 * @param fromSecond bytes from the second end
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Conversation(String first, String second, byte[] fromFirst, byte[] fromSecond) {

    /** An end in the manifest's words: {@code 192.0.2.1:80}, {@code 2001:db8::1:80}. */
    static String end(byte[] address, int port) {
        try {
            String text = InetAddress.getByAddress(address).getHostAddress();
            return (address.length == 4 ? text : "[" + shorten(text) + "]") + ":" + port;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** RFC 5952: the first of the longest runs of zeros is left out. */
    private static String shorten(String full) {
        String[] groups = full.split(":");
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < groups.length; i++) {
            int end = i;
            while (end < groups.length && groups[end].equals("0")) {
                end++;
            }
            if (end - i > bestLength) {
                bestStart = i;
                bestLength = end - i;
            }
        }
        if (bestStart < 0) {
            return full;
        }
        List<String> all = List.of(groups);
        return String.join(":", all.subList(0, bestStart)) + "::"
                + String.join(":", all.subList(bestStart + bestLength, groups.length));
    }

    boolean hasSameBytes(Conversation other) {
        return Arrays.equals(fromFirst, other.fromFirst) && Arrays.equals(fromSecond, other.fromSecond);
    }

    /**
     * Tells whether these are the bytes of another one, of which the last ones may be there twice: a stream that was adopted in
     * the middle begins anew, further back, when older bytes come, and goes on from there in order.
     */
    boolean hasSameBytesOrBeganAnew(Conversation other) {
        return isSameOrBeganAnew(fromFirst, other.fromFirst) && isSameOrBeganAnew(fromSecond, other.fromSecond);
    }

    private static boolean isSameOrBeganAnew(byte[] shown, byte[] plain) {
        int common = Arrays.mismatch(shown, plain);
        if (common < 0) {
            return true;
        }
        int again = shown.length - common;
        int from = plain.length - again;
        return from >= 0 && from <= common && Arrays.equals(shown, common, shown.length, plain, from, plain.length);
    }

    private String line() {
        return first + ">" + second + " " + sha256(fromFirst) + " " + sha256(fromSecond);
    }

    /** The manifest's hash over streams. */
    static String hash(List<Conversation> conversations) {
        String lines = conversations.stream().map(Conversation::line).sorted().collect(Collectors.joining("\n"));
        return sha256(lines.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
