package io.sallyport.sample.http.filter;

import io.sallyport.callout.FilterRefusedException;
import io.sallyport.sample.parts.Contexts;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of paths, asked whether it contains a path or one above it, by whole segments. Paths are compared as servers read them:
 * percent-decoded, without empty segments, {@code .} and {@code ..}. Immutable.
 */
final class PathSet {

    static final int MAX_PATHS = 10_000;

    /** Answer of {@link #normalize}: no server reads this as a path. */
    static final int MALFORMED = -1;

    private final byte[][] table;
    private final boolean isEmpty;
    private boolean hasRoot;

    private PathSet(List<byte[]> paths) {
        isEmpty = paths.isEmpty();
        table = new byte[Integer.highestOneBit(paths.size() + 1) * 4][];
        for (byte[] path : paths) {
            hasRoot |= path.length == 1;
            int hash = 0;
            for (byte b : path) {
                hash = step(hash, b);
            }
            int place = place(hash);
            while (table[place] != null) {
                place = (place + 1) & (table.length - 1);
            }
            table[place] = path;
        }
    }

    /** Reads paths from a part of a provider context. Management path. */
    static PathSet parse(@Nullable Object value) throws FilterRefusedException {
        List<String> texts = Contexts.texts("paths", value, MAX_PATHS);
        byte[][] paths = new byte[texts.size()][];
        for (int i = 0; i < paths.length; i++) {
            String text = texts.get(i);
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int length =
                    text.startsWith("/") && !text.contains("?") ? normalize(bytes, 0, bytes.length, bytes) : MALFORMED;
            if (length == MALFORMED) {
                throw new FilterRefusedException(
                        "a path begins with / and has no query, e.g. /admin: " + Contexts.quote(text));
            }
            paths[i] = Arrays.copyOf(bytes, length > 1 && bytes[length - 1] == '/' ? length - 1 : length);
        }
        return new PathSet(List.of(paths));
    }

    boolean isEmpty() {
        return isEmpty;
    }

    /** Tells whether a normal path, or one above it, is in this set. Time grows with its length only. */
    boolean containParentOf(byte[] path, int lengthBytes) {
        if (hasRoot) {
            return true;
        }
        int hash = 0;
        for (int end = 0; end < lengthBytes; end++) {
            boolean isSegmentEnd = end > 0 && path[end] == '/';
            if (isSegmentEnd && contains(path, end, hash)) {
                return true;
            }
            hash = step(hash, path[end]);
        }
        return contains(path, lengthBytes, hash);
    }

    private boolean contains(byte[] path, int lengthBytes, int hash) {
        int place = place(hash);
        for (byte[] known = table[place]; known != null; known = table[place]) {
            if (known.length == lengthBytes && Arrays.equals(known, 0, lengthBytes, path, 0, lengthBytes)) {
                return true;
            }
            place = (place + 1) & (table.length - 1);
        }
        return false;
    }

    /**
     * Brings a path into the form in which it is compared.
     *
     * @param from where it lies, up to a query or fragment
     * @param to gets the result, may be the same array with {@code start} 0
     * @return the length of the result, or {@link #MALFORMED}
     */
    static int normalize(byte[] from, int start, int end, byte[] to) {
        int length = 0;
        int at = start;
        while (at < end && from[at] != '?' && from[at] != '#') {
            int b = from[at++] & 0xFF;
            if (b == '%') {
                b = at + 2 <= end ? decode(from[at], from[at + 1]) : MALFORMED;
                at += 2;
            }
            if (b <= 0) {
                return MALFORMED;
            }
            length = append(to, length, b == '\\' ? '/' : b);
        }
        return endSegment(to, length);
    }

    private static int decode(byte high, byte low) {
        int value = Character.digit(high, 16) << 4 | Character.digit(low, 16);
        return value < 0 ? MALFORMED : value;
    }

    private static int append(byte[] to, int length, int b) {
        int count = length;
        if (b == '/') {
            count = endSegment(to, count);
            if (count > 0 && to[count - 1] == '/') {
                return count; // an empty segment
            }
        }
        to[count] = (byte) b;
        return count + 1;
    }

    /** Takes a last segment of . or .. away, and what the latter is about. */
    private static int endSegment(byte[] to, int length) {
        if (endsWith(to, length, "/.")) {
            return length - 1;
        }
        if (!endsWith(to, length, "/..")) {
            return length;
        }
        int count = length - 3;
        while (count > 0 && to[count - 1] != '/') {
            count--;
        }
        return Math.max(count, 1);
    }

    private static boolean endsWith(byte[] bytes, int length, String text) {
        int start = length - text.length();
        for (int i = 0; start >= 0 && i < text.length(); i++) {
            if (bytes[start + i] != text.charAt(i)) {
                return false;
            }
        }
        return start >= 0;
    }

    private static int step(int hash, int b) {
        return hash * 31 + b;
    }

    private int place(int hash) {
        int mixed = hash * 0x9E37_79B9;
        return (mixed ^ (mixed >>> 16)) & (table.length - 1);
    }
}
