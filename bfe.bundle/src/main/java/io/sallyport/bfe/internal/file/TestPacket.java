package io.sallyport.bfe.internal.file;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The packet of a test: {@code PROTO SRC[:PORT] -> DST[:PORT] [in|out] [type N code N]}; left sends.
 *
 * @param protocol IP protocol number
 * @param source who sends
 * @param destination of the same version
 * @param isOutbound from the inside
 * @param icmpType only for ICMP
 * @param icmpCode only for ICMP
 */
record TestPacket(
        int protocol,
        Ip source,
        int sourcePort,
        Ip destination,
        int destinationPort,
        boolean isOutbound,
        int icmpType,
        int icmpCode) {

    /** An address of either version: IPv4 in the low half. */
    record Ip(boolean isV6, long high, long low) {

        byte[] bytes() {
            byte[] all = Addresses.bytes(high, low);
            return isV6 ? all : Arrays.copyOfRange(all, 12, 16);
        }
    }

    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMPV6 = 58;

    private static final String FORM = "PROTO SRC[:PORT] -> DST[:PORT] [in|out] [type N code N]";
    private static final Pattern SYNTAX = Pattern.compile(
            "(\\S+)\\s+(\\S+)\\s*->\\s*(\\S+)(?:\\s+(in|out))?(?:\\s+type\\s+(\\d{1,3}))?(?:\\s+code\\s+(\\d{1,3}))?");

    /** Ports that senders choose when nothing else is said. */
    private static final int DEFAULT_SOURCE_PORT = 49_152;

    private static final int ECHO_REQUEST = 8;
    private static final int ECHO_REQUEST_V6 = 128;

    private record End(Ip address, int port) {}

    static TestPacket parse(String text) throws ValueParser.BadValue {
        Matcher matcher = SYNTAX.matcher(text.strip());
        if (!matcher.matches()) {
            throw new ValueParser.BadValue("\"" + text + "\" describes no packet", List.of(FORM));
        }
        int protocol = protocol(matcher.group(1));
        boolean hasPorts = protocol == TCP || protocol == UDP;
        End source = end(matcher.group(2), hasPorts, DEFAULT_SOURCE_PORT);
        End destination = end(matcher.group(3), hasPorts, -1);
        if (source.address().isV6() != destination.address().isV6()) {
            throw new ValueParser.BadValue("one address is of IPv4, the other of IPv6", List.of());
        }
        boolean isV6 = source.address().isV6();
        boolean isIcmp = protocol == (isV6 ? ICMPV6 : ICMP);
        if (!isIcmp && (protocol == ICMP || protocol == ICMPV6)) {
            throw new ValueParser.BadValue("icmp goes with IPv4, icmpv6 with IPv6", List.of());
        }
        if (!isIcmp && (matcher.group(5) != null || matcher.group(6) != null)) {
            throw new ValueParser.BadValue("type and code go with icmp and icmpv6 only", List.of(FORM));
        }
        int type = number(matcher.group(5), isV6 ? ECHO_REQUEST_V6 : ECHO_REQUEST);
        int code = number(matcher.group(6), 0);
        return new TestPacket(
                protocol,
                source.address(),
                source.port(),
                destination.address(),
                destination.port(),
                !"in".equals(matcher.group(4)),
                type,
                code);
    }

    private static int protocol(String text) throws ValueParser.BadValue {
        Map<String, Long> names = NamedValues.protocols();
        Long named = names.get(text);
        if (named != null) {
            return named.intValue();
        }
        if (text.matches("\\d{1,3}") && Integer.parseInt(text) < 256) {
            return Integer.parseInt(text);
        }
        throw new ValueParser.BadValue(
                "unknown protocol \"" + text + "\"" + Suggestions.didYouMean(text, names.keySet()),
                List.copyOf(names.keySet()));
    }

    private static End end(String text, boolean hasPorts, int defaultPort) throws ValueParser.BadValue {
        String host = text;
        String port = null;
        int bracket = text.indexOf(']');
        if (text.startsWith("[") && bracket > 0) {
            host = text.substring(1, bracket);
            String rest = text.substring(bracket + 1);
            if (!rest.isEmpty() && !rest.startsWith(":")) {
                throw new ValueParser.BadValue(
                        "\"" + text + "\" is no address with a port", List.of("[2001:db8::1]:80"));
            }
            port = rest.isEmpty() ? null : rest.substring(1);
        } else if (text.indexOf(':') == text.lastIndexOf(':') && text.indexOf(':') >= 0) {
            host = text.substring(0, text.indexOf(':'));
            port = text.substring(text.indexOf(':') + 1);
        }
        Ip address = address(host);
        if (address == null) {
            throw new ValueParser.BadValue("\"" + host + "\" is no address", List.of("192.0.2.1", "[2001:db8::1]"));
        }
        if (port != null && !hasPorts) {
            throw new ValueParser.BadValue("ports go with tcp and udp only", List.of(FORM));
        }
        if (port == null) {
            if (hasPorts && defaultPort < 0) {
                throw new ValueParser.BadValue("\"" + text + "\" has no port", List.of(FORM));
            }
            return new End(address, hasPorts ? defaultPort : 0);
        }
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 0xffff) {
            throw new ValueParser.BadValue("\"" + port + "\" is no port", List.of("0 to 65535"));
        }
        return new End(address, Integer.parseInt(port));
    }

    private static @Nullable Ip address(String host) {
        Integer v4 = Addresses.v4(host);
        if (v4 != null) {
            return new Ip(false, 0, Integer.toUnsignedLong(v4));
        }
        byte[] v6 = host.contains(":") ? Addresses.v6(host) : null;
        if (v6 == null) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(v6);
        return new Ip(true, buffer.getLong(), buffer.getLong());
    }

    private static int number(@Nullable String text, int otherwise) throws ValueParser.BadValue {
        int number = text == null ? otherwise : Integer.parseInt(text);
        if (number > 255) {
            throw new ValueParser.BadValue(number + " is no ICMP type or code", List.of("0 to 255"));
        }
        return number;
    }
}
