package io.sallyport.sample.dns.block;

import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.LayerData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * A set of names, asked whether it contains a name or one of its parents. Names are kept as in a DNS message, lower case,
 * without the final zero: each label behind its length. That way a hash and a comparison can run over the message itself,
 * and nothing is allocated. Immutable.
 */
final class Names {

    /** No names: what a context that makes no sense amounts to. */
    static final Names NONE = new Names(List.of());

    static final int MAX_NAMES = 100_000;
    private static final int MAX_NAME_CHARS = 253;
    private static final int MAX_LABEL_CHARS = 63;

    /** Open addressing; null is a free place. */
    private final byte[][] table;

    /** How many labels the names have, each number once: only these tails of a name need a look. */
    private final int[] labelCounts;

    /**
     * Reads the names from a provider context.
     *
     * @param context {@code {names: [..]}}
     * @return the set
     * @throws FilterRefusedException if there are no names, too many, or one that cannot be
     */
    static Names parse(Map<String, Object> context) throws FilterRefusedException {
        Object value = context.get("names");
        if (value == null) {
            throw new FilterRefusedException("dns-block needs a context with names, e.g. {names: [bad.example]}");
        }
        if (!(value instanceof List<?> list)) {
            throw new FilterRefusedException("names must be a list, e.g. {names: [bad.example]}");
        }
        if (list.isEmpty() || list.size() > MAX_NAMES) {
            throw new FilterRefusedException("names must be 1 to " + MAX_NAMES + ", not " + list.size());
        }
        List<String> names = new ArrayList<>();
        for (Object item : list) {
            if (!(item instanceof String name)) {
                throw new FilterRefusedException("name " + (names.size() + 1) + " is no text: put it in quotes");
            }
            names.add(check(name));
        }
        return new Names(names);
    }

    private static String check(String text) throws FilterRefusedException {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (name.isEmpty() || name.length() > MAX_NAME_CHARS) {
            throw new FilterRefusedException(
                    "a name must be 1 to " + MAX_NAME_CHARS + " characters long: " + quote(text));
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c > '~' || c == '*') {
                throw new FilterRefusedException(
                        "a name must be plain ASCII without spaces and asterisks (the names below a name are blocked with"
                                + " it; other alphabets are written as xn--): " + quote(text));
            }
        }
        for (String label : name.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > MAX_LABEL_CHARS) {
                throw new FilterRefusedException(
                        "each part of a name must be 1 to " + MAX_LABEL_CHARS + " characters long: " + quote(text));
            }
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private static String quote(String text) {
        return "'" + (text.length() > 80 ? text.substring(0, 80) + "..." : text) + "'";
    }

    private Names(List<String> names) {
        table = new byte[Integer.highestOneBit(names.size() + 1) * 4][];
        TreeSet<Integer> counts = new TreeSet<>();
        for (String name : names) {
            String[] labels = name.split("\\.", -1);
            counts.add(labels.length);
            add(wireForm(name, labels));
        }
        labelCounts = counts.stream().mapToInt(Integer::intValue).toArray();
    }

    private static byte[] wireForm(String name, String[] labels) {
        byte[] wire = new byte[name.length() + 1];
        int at = 0;
        for (String label : labels) {
            wire[at++] = (byte) label.length();
            for (byte b : label.getBytes(StandardCharsets.US_ASCII)) {
                wire[at++] = b;
            }
        }
        return wire;
    }

    private void add(byte[] wire) {
        int hash = 0;
        for (byte b : wire) {
            hash = step(hash, b);
        }
        int place = place(hash);
        while (table[place] != null) {
            place = (place + 1) & (table.length - 1);
        }
        table[place] = wire;
    }

    boolean isEmpty() {
        return labelCounts.length == 0;
    }

    /**
     * Tells whether the name in a message, or a parent of it, is in this set. Letter case does not count.
     *
     * @param message a DNS message
     * @param nameOffset where a name starts that {@link DnsMessage#questionEnd} found to be good
     * @return true if it is
     */
    boolean containParentOf(LayerData message, int nameOffset) {
        int labels = 0;
        int at = DnsMessage.label(message, nameOffset);
        while (message.u8(at) != 0) {
            labels++;
            at = nextLabel(message, at);
        }
        int skipped = labels;
        int tail = DnsMessage.label(message, nameOffset);
        for (int i = labelCounts.length - 1; i >= 0; i--) { // Long tails first: each start lies behind the last one.
            if (labelCounts[i] > labels) {
                continue;
            }
            while (skipped > labelCounts[i]) {
                tail = nextLabel(message, tail);
                skipped--;
            }
            if (contains(message, tail)) {
                return true;
            }
        }
        return false;
    }

    private boolean contains(LayerData message, int tail) {
        int place = place(hash(message, tail));
        for (byte[] name = table[place]; name != null; name = table[place]) {
            if (isEqual(name, message, tail)) {
                return true;
            }
            place = (place + 1) & (table.length - 1);
        }
        return false;
    }

    private static int hash(LayerData message, int tail) {
        int hash = 0;
        int at = tail;
        for (int size = message.u8(at); size != 0; size = message.u8(at)) {
            hash = step(hash, size);
            for (int i = 1; i <= size; i++) {
                hash = step(hash, lowerCase(message.u8(at + i)));
            }
            at = nextLabel(message, at);
        }
        return hash;
    }

    private static boolean isEqual(byte[] name, LayerData message, int tail) {
        int at = tail;
        int read = 0;
        for (int size = message.u8(at); size != 0; size = message.u8(at)) {
            if (read == name.length || name[read] != size) {
                return false;
            }
            for (int i = 1; i <= size; i++) {
                if (name[read + i] != lowerCase(message.u8(at + i))) {
                    return false;
                }
            }
            read += size + 1;
            at = nextLabel(message, at);
        }
        return read == name.length;
    }

    private static int nextLabel(LayerData message, int at) {
        return DnsMessage.label(message, at + message.u8(at) + 1);
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
