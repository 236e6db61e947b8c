package io.sallyport.replay;

import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathConfig.AddressPrefix;
import io.sallyport.stack.api.DataPathConfig.Checksums;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads who is inside. */
final class Inside {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,3}");

    private Inside() {}

    static DataPathConfig config(@Nullable String prefixes, @Nullable String macs, Checksums checksums)
            throws ReplayException {
        if (prefixes != null && macs != null) {
            throw ReplayException.usage("--inside and --inside-mac cannot be used together");
        }
        List<AddressPrefix> insidePrefixes = new ArrayList<>();
        if (prefixes != null) {
            for (String text : prefixes.split(",", -1)) {
                insidePrefixes.add(prefix(text.strip()));
            }
        }
        List<Long> insideMacs = new ArrayList<>();
        if (macs != null) {
            for (String text : macs.split(",", -1)) {
                insideMacs.add(mac(text.strip()));
            }
        }
        return DataPathConfig.defaults().withChecksums(checksums).withInside(insidePrefixes, insideMacs);
    }

    /** An address, or an address and a prefix length. */
    static AddressPrefix prefix(String text) throws ReplayException {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean isV6 = address.indexOf(':') >= 0;
        if (!(isV6 ? IPV6 : IPV4).matcher(address).matches()) {
            throw noPrefix(text);
        }
        int max = isV6 ? 128 : 32;
        int length = max;
        if (slash >= 0) {
            String number = text.substring(slash + 1);
            length = NUMBER.matcher(number).matches() ? Integer.parseInt(number) : max + 1;
        }
        if (length > max) {
            throw noPrefix(text);
        }
        byte[] bytes;
        try {
            bytes = InetAddress.getByName(address).getAddress(); // a literal: nothing is looked up
        } catch (UnknownHostException e) {
            throw noPrefix(text);
        }
        if (!isV6) {
            return new AddressPrefix(
                    4, 0, Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()), length);
        }
        if (bytes.length == 4) { // Java makes ::ffff:a.b.c.d an IPv4 address
            return new AddressPrefix(
                    6,
                    0,
                    0xffff_0000_0000L
                            | Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()),
                    length);
        }
        ByteBuffer halves = ByteBuffer.wrap(bytes);
        return new AddressPrefix(6, halves.getLong(0), halves.getLong(8), length);
    }

    /** Six bytes in hex. */
    static long mac(String text) throws ReplayException {
        if (!MAC.matcher(text).matches()) {
            throw ReplayException.usage("--inside-mac: '" + text + "' is no MAC address such as 02:00:5e:10:00:01");
        }
        return Long.parseLong(text.replace(":", "").replace("-", ""), 16);
    }

    private static ReplayException noPrefix(String text) {
        return ReplayException.usage(
                "--inside: '" + text + "' is no address or prefix such as 192.168.0.0/16 or 2001:db8::/32");
    }
}
