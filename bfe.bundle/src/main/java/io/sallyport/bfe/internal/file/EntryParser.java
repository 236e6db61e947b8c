package io.sallyport.bfe.internal.file;

import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.WfpError;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads entries of sets: addresses, networks in CIDR form, ports, and ranges {@code first-last}. */
public final class EntryParser {
    private static final int MOST_NAMED = 10;
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,4}");

    private EntryParser() {}

    /**
     * Reads entries.
     *
     * @param kind what they must be
     * @param texts as somebody wrote them
     * @return in the same order
     * @throws PolicyException INVALID_PARAMETER naming each entry that is none, up to ten
     */
    public static List<SetEntry> parse(SetKind kind, Collection<String> texts) throws PolicyException {
        List<SetEntry> entries = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        int bad = 0;
        for (String text : texts) {
            try {
                entries.add(parse(kind, text));
            } catch (ValueParser.BadValue e) {
                if (bad++ < MOST_NAMED) {
                    problems.add(e.message());
                }
            }
        }
        if (bad > 0) {
            String more = bad > MOST_NAMED ? "; and " + (bad - MOST_NAMED) + " more" : "";
            throw new PolicyException(WfpError.INVALID_PARAMETER, String.join("; ", problems) + more);
        }
        return entries;
    }

    /**
     * Checks that entries are what their texts say: they are listed, exported and stored by these.
     *
     * @param set with any entries
     * @throws PolicyException INVALID_PARAMETER naming an entry that is not
     */
    public static void check(PolicySet set) throws PolicyException {
        List<SetEntry> entries = set.entries().list();
        List<SetEntry> parsed =
                parse(set.kind(), entries.stream().map(SetEntry::text).toList());
        for (int i = 0; i < entries.size(); i++) {
            if (!entries.get(i).equals(parsed.get(i))) {
                throw new PolicyException(
                        WfpError.INVALID_PARAMETER,
                        "set " + set.display().name() + ": entry \""
                                + entries.get(i).text() + "\" is written like another range than it is");
            }
        }
    }

    static SetEntry parse(SetKind kind, String text) throws ValueParser.BadValue {
        return kind == SetKind.PORTS ? port(text) : addresses(text);
    }

    private static SetEntry port(String text) throws ValueParser.BadValue {
        int dash = text.indexOf('-');
        Integer first = number(dash < 0 ? text : text.substring(0, dash), 0xffff);
        Integer last = dash < 0 ? first : number(text.substring(dash + 1), 0xffff);
        if (first == null || last == null) {
            throw bad(text, "is neither a port of 0 to 65535 nor a range first-last");
        }
        return entry(text, new long[] {0, first}, new long[] {0, last}, false);
    }

    private static SetEntry addresses(String text) throws ValueParser.BadValue {
        int slash = text.indexOf('/');
        int dash = text.indexOf('-');
        if (slash >= 0) {
            return network(text, text.substring(0, slash), text.substring(slash + 1));
        }
        String from = dash < 0 ? text : text.substring(0, dash);
        String to = dash < 0 ? text : text.substring(dash + 1);
        long[] first = halves(from);
        long[] last = halves(to);
        if (first == null || last == null) {
            throw bad(text, "is neither an address, nor a network such as 10.0.0.0/8, nor a range first-last");
        }
        boolean isWide = isWide(from);
        if (isWide != isWide(to)) {
            throw bad(text, "goes from one address family to the other");
        }
        return entry(text, first, last, isWide);
    }

    private static SetEntry network(String text, String address, String prefix) throws ValueParser.BadValue {
        long[] first = halves(address);
        boolean isWide = isWide(address);
        Integer bits = number(prefix, isWide ? 128 : 32);
        if (first == null || bits == null) {
            throw bad(text, "is no network: write an address, a slash and a prefix length");
        }
        int hole = (isWide ? 128 : 32) - bits;
        long lowHole = hole >= 64 ? -1 : (1L << hole) - 1;
        long highHole = hole <= 64 ? 0 : hole == 128 ? -1 : (1L << (hole - 64)) - 1;
        if ((first[0] & highHole) != 0 || (first[1] & lowHole) != 0) {
            throw bad(text, "has bits outside of its prefix: write the network's own address, or the address alone");
        }
        return entry(text, first, new long[] {first[0] | highHole, first[1] | lowHole}, isWide);
    }

    private static SetEntry entry(String text, long[] first, long[] last, boolean isWide) throws ValueParser.BadValue {
        int c = Long.compareUnsigned(first[0], last[0]);
        if (c > 0 || (c == 0 && Long.compareUnsigned(first[1], last[1]) > 0)) {
            throw bad(text, "ends below its start");
        }
        return new SetEntry(text, isWide, first[0], first[1], last[0], last[1]);
    }

    private static boolean isWide(String address) {
        return address.indexOf(':') >= 0;
    }

    private static long @Nullable [] halves(String address) {
        if (!isWide(address)) {
            Integer v4 = Addresses.v4(address);
            return v4 == null ? null : new long[] {0, Integer.toUnsignedLong(v4)};
        }
        byte[] v6 = Addresses.v6(address);
        if (v6 == null) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(v6);
        return new long[] {buffer.getLong(), buffer.getLong()};
    }

    private static @Nullable Integer number(String text, int most) {
        if (!NUMBER.matcher(text).matches()) {
            return null;
        }
        int number = Integer.parseInt(text);
        return number <= most ? number : null;
    }

    private static ValueParser.BadValue bad(String text, String why) {
        return new ValueParser.BadValue("entry \"" + text + "\" " + why, List.of());
    }
}
