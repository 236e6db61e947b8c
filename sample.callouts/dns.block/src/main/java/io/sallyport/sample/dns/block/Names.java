package io.sallyport.sample.dns.block;

import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.LayerData;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A set of names, asked whether it contains a name or one of its parents. Names are kept as in a DNS message, lower case,
 * without the final zero: each label behind its length. That way a hash and a comparison can run over the message itself,
 * and nothing is allocated. Immutable.
 */
final class Names {

    /** No names: what a context that makes no sense amounts to. */
    static final Names NONE = new Names(List.of());

    static final int MAX_NAMES = 1_000_000;
    private static final int MAX_NAME_CHARS = 253;
    private static final int MAX_LABEL_CHARS = 63;

    /** All names, one behind the other, each with a zero at its end. One array: a million small ones would take five times as much. */
    private final byte[] pool;

    /** Open addressing: where names begin in the pool, plus one; 0 is a free place. */
    private final int[] table;

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
        Set<String> names = new HashSet<>();
        int number = 0;
        for (Object item : list) {
            number++;
            if (!(item instanceof String name)) {
                throw new FilterRefusedException("name " + number + " is no text: put it in quotes");
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
                        "a name must be plain ASCII without spaces and asterisks (the names below a name are blocked"
                                + " with it; other alphabets are written as xn--): " + quote(text));
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

    private Names(Collection<String> names) {
        long poolBytes = 0;
        for (String name : names) {
            poolBytes += name.length() + 2;
        }
        pool = new byte[Math.toIntExact(poolBytes)];
        table = new int[Integer.highestOneBit(names.size() + 1) * 4];
        TreeSet<Integer> counts = new TreeSet<>();
        int at = 0;
        for (String name : names) {
            counts.add(write(name, at));
            add(at);
            at += name.length() + 2;
        }
        labelCounts = counts.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Writes a name into the pool, each label behind its length; says how many labels it has. The first label's length is
     * written behind the loop: with a last round in it that looks at no character, C2 of JDK 17.0.15 now and then loads the
     * character at -1 before it asks for the index, and the JVM dies (a load above its range check, as in
     * JDK-8323274).
     */
    private int write(String name, int start) {
        int labels = 1;
        int length = 0;
        for (int i = name.length() - 1; i >= 0; i--) {
            char c = name.charAt(i);
            if (c == '.') {
                pool[start + i + 1] = (byte) length;
                length = 0;
                labels++;
            } else {
                pool[start + i + 1] = (byte) c;
                length++;
            }
        }
        pool[start] = (byte) length;
        return labels;
    }

    private void add(int start) {
        int hash = 0;
        for (int i = start; pool[i] != 0; i++) {
            hash = step(hash, pool[i]);
        }
        int place = place(hash);
        while (table[place] != 0) {
            place = (place + 1) & (table.length - 1);
        }
        table[place] = start + 1;
    }

    boolean isEmpty() {
        return labelCounts.length == 0;
    }

    /**
     * Tells whether the name in a message, or a parent of it, is in this set. Letter case does not count.
     *
     * @param data where the message lies
     * @param base where it begins
     * @param nameOffset where a name starts that was found to be good
     * @return true if it is
     */
    boolean containParentOf(LayerData data, int base, int nameOffset) {
        int labels = 0;
        int at = DnsMessage.label(data, base, nameOffset);
        while (data.u8(at) != 0) {
            labels++;
            at = nextLabel(data, base, at);
        }
        int skipped = labels;
        int tail = DnsMessage.label(data, base, nameOffset);
        for (int i = labelCounts.length - 1; i >= 0; i--) { // Long tails first: each start lies behind the last one.
            if (labelCounts[i] > labels) {
                continue;
            }
            while (skipped > labelCounts[i]) {
                tail = nextLabel(data, base, tail);
                skipped--;
            }
            if (contains(data, base, tail)) {
                return true;
            }
        }
        return false;
    }

    private boolean contains(LayerData data, int base, int tail) {
        int place = place(hash(data, base, tail));
        while (table[place] != 0) {
            if (isEqual(table[place] - 1, data, base, tail)) {
                return true;
            }
            place = (place + 1) & (table.length - 1);
        }
        return false;
    }

    private static int hash(LayerData data, int base, int tail) {
        int hash = 0;
        int at = tail;
        for (int size = data.u8(at); size != 0; size = data.u8(at)) {
            hash = step(hash, size);
            for (int i = 1; i <= size; i++) {
                hash = step(hash, lowerCase(data.u8(at + i)));
            }
            at = nextLabel(data, base, at);
        }
        return hash;
    }

    private boolean isEqual(int start, LayerData data, int base, int tail) {
        int at = tail;
        int read = start;
        for (int size = data.u8(at); size != 0; size = data.u8(at)) {
            if (pool[read] != size) {
                return false;
            }
            for (int i = 1; i <= size; i++) {
                if (pool[read + i] != lowerCase(data.u8(at + i))) {
                    return false;
                }
            }
            read += size + 1;
            at = nextLabel(data, base, at);
        }
        return pool[read] == 0;
    }

    private static int nextLabel(LayerData data, int base, int at) {
        return DnsMessage.label(data, base, at + data.u8(at) + 1);
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
