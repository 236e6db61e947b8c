package io.sallyport.sample.parts;

import io.sallyport.callout.FilterRefusedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A set of host names as text, asked whether it contains a name or one of its parents, by whole labels and without regard
 * to letter case. Asking allocates nothing. Immutable.
 */
public final class HostNames {

    /** So many names at most. */
    public static final int MAX_NAMES = 100_000;

    /** No names. */
    public static final HostNames NONE = new HostNames(List.of());

    private static final int MAX_NAME_CHARS = 253;
    private static final int MAX_LABEL_CHARS = 63;

    /** Open addressing; null is a free place. The hash of a name runs from its end to its start. */
    private final byte[][] table;

    /** Which lengths the names have: most tails of a name need no look into the table. */
    private final boolean[] isLength = new boolean[MAX_NAME_CHARS + 1];

    private final boolean isEmpty;

    private HostNames(List<String> names) {
        table = new byte[Integer.highestOneBit(names.size() + 1) * 4][];
        isEmpty = names.isEmpty();
        for (String name : names) {
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            int hash = 0;
            for (int i = bytes.length - 1; i >= 0; i--) {
                hash = step(hash, bytes[i]);
            }
            int place = place(hash);
            while (table[place] != null) {
                place = (place + 1) & (table.length - 1);
            }
            table[place] = bytes;
            isLength[bytes.length] = true;
        }
    }

    /**
     * Reads names from a part of a provider context. Management path.
     *
     * @param key what the part is called, for messages
     * @param value a list of names; null is none
     * @return the set
     * @throws FilterRefusedException if it is no list, too long, or has a name that cannot be
     */
    public static HostNames parse(String key, @Nullable Object value) throws FilterRefusedException {
        List<String> names = new ArrayList<>();
        for (String text : Contexts.texts(key, value, MAX_NAMES)) {
            names.add(check(key, text));
        }
        return new HostNames(List.copyOf(new TreeSet<>(names)));
    }

    private static String check(String key, String text) throws FilterRefusedException {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (name.isEmpty() || name.length() > MAX_NAME_CHARS) {
            throw new FilterRefusedException(
                    key + " must be 1 to " + MAX_NAME_CHARS + " characters long each: " + Contexts.quote(text));
        }
        for (String label : name.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > MAX_LABEL_CHARS) {
                throw new FilterRefusedException("each part of " + key + " must be 1 to " + MAX_LABEL_CHARS
                        + " characters long: " + Contexts.quote(text));
            }
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isHostByte(name.charAt(i))) {
                throw new FilterRefusedException(
                        key + " must be letters, digits, - _ and dots; what is below a name is meant with it, and other"
                                + " alphabets are written as xn--: " + Contexts.quote(text));
            }
        }
        return name.toLowerCase(Locale.ROOT);
    }

    /**
     * Tells whether a byte may be part of a host name.
     *
     * @param b a byte or character
     * @return true: a letter or digit of ASCII, or one of {@code - _ .}
     */
    public static boolean isHostByte(int b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b >= '0' && b <= '9')
                || b == '-'
                || b == '_'
                || b == '.';
    }

    /**
     * Tells whether there are no names.
     *
     * @return true: nothing is contained
     */
    public boolean isEmpty() {
        return isEmpty;
    }

    /**
     * Tells whether a name, or a parent of it, is in this set. Time grows with the length of the name only.
     *
     * @param text where the name lies
     * @param offset of its first byte
     * @param lengthBytes its length; one dot at the end does not count
     * @return true if it is
     */
    public boolean containParentOf(byte[] text, int offset, int lengthBytes) {
        int end = offset + lengthBytes;
        if (end > offset && text[end - 1] == '.') {
            end--;
        }
        int hash = 0;
        int lowest = Math.max(offset, end - MAX_NAME_CHARS);
        for (int at = end - 1; at >= lowest; at--) {
            hash = step(hash, lowerCase(text[at]));
            boolean isLabelStart = at == offset || text[at - 1] == '.';
            if (isLabelStart && isLength[end - at] && contains(text, at, end, hash)) {
                return true;
            }
        }
        return false;
    }

    private boolean contains(byte[] text, int from, int to, int hash) {
        int place = place(hash);
        for (byte[] name = table[place]; name != null; name = table[place]) {
            if (isEqual(name, text, from, to)) {
                return true;
            }
            place = (place + 1) & (table.length - 1);
        }
        return false;
    }

    private static boolean isEqual(byte[] name, byte[] text, int from, int to) {
        if (name.length != to - from) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (name[i] != lowerCase(text[from + i])) {
                return false;
            }
        }
        return true;
    }

    private static int step(int hash, int b) {
        return hash * 31 + b;
    }

    private int place(int hash) {
        int mixed = hash * 0x9E37_79B9;
        return (mixed ^ (mixed >>> 16)) & (table.length - 1);
    }

    private static int lowerCase(int b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }
}
