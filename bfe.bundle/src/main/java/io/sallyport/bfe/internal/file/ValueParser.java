package io.sallyport.bfe.internal.file;

import io.sallyport.layer.DataType;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.policy.Value;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads one value of a field as a layer has it. */
final class ValueParser {
    private static final String HEX = "hex:";

    /** What is wrong with a value. */
    static final class BadValue extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient List<String> allowed;

        BadValue(String message, List<String> allowed) {
            super(message);
            this.allowed = allowed;
        }

        List<String> allowed() {
            return allowed;
        }

        String message() {
            return String.valueOf(getMessage());
        }
    }

    private ValueParser() {}

    /** A value, or for address fields also a network or a range. */
    static Value parse(FieldSpec spec, InterfaceNames interfaces, YamlNode.Scalar node) throws BadValue {
        String text = node.text();
        if (spec.kind() == FieldKind.IP_ADDRESS && spec.type() == DataType.UINT32) {
            return addressV4(text);
        }
        if (spec.kind() == FieldKind.IP_ADDRESS && spec.type() == DataType.BYTE_ARRAY16) {
            return addressV6(text);
        }
        return switch (spec.type()) {
            case UINT8, UINT16, UINT32, UINT64 -> unsigned(spec, interfaces, text);
            case INT8, INT16, INT32, INT64 -> signed(spec.type(), text);
            case BYTE_ARRAY6 ->
                new Value.Bytes(
                        DataType.BYTE_ARRAY6,
                        required(Addresses.mac(text), text, "is no MAC address", "02:00:00:00:00:01"));
            case BYTE_ARRAY16 -> uuid(text);
            case BYTE_BLOB -> new Value.Bytes(DataType.BYTE_BLOB, blob(text));
            case UNICODE_STRING -> new Value.Text(text);
            case SID -> new Value.Bytes(DataType.SID, sid(text));
            case SECURITY_DESCRIPTOR, TOKEN_INFORMATION, TOKEN_ACCESS_INFORMATION ->
                new Value.Bytes(DataType.SECURITY_DESCRIPTOR, descriptor(text));
            case EMPTY, FLOAT, DOUBLE, V4_ADDR_MASK, V6_ADDR_MASK, RANGE ->
                throw new BadValue("values of type " + spec.type().policyName() + " cannot be written", List.of());
        };
    }

    private static Value unsigned(FieldSpec spec, InterfaceNames interfaces, String text) throws BadValue {
        Map<String, Long> names = interfaces.words(spec.field());
        Long named = names.get(text);
        if (named != null) {
            return new Value.Number(spec.type(), named);
        }
        BigInteger number = integer(text);
        int bits = bits(spec.type());
        List<String> allowed = new ArrayList<>();
        allowed.add("0 to " + BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE));
        if (number == null) {
            allowed.addAll(names.keySet());
            String kind = NamedValues.isInterface(spec.field())
                    ? "interface of this gateway"
                    : spec.type().policyName();
            throw new BadValue(
                    "\"" + text + "\" is no " + kind + Suggestions.didYouMean(text, names.keySet()), allowed);
        }
        if (number.signum() < 0 || number.bitLength() > bits) {
            throw new BadValue(text + " does not fit " + spec.type().policyName(), allowed);
        }
        return new Value.Number(spec.type(), number.longValue());
    }

    private static Value signed(DataType type, String text) throws BadValue {
        BigInteger number = integer(text);
        int bits = bits(type);
        if (number == null || number.bitLength() >= bits) {
            BigInteger limit = BigInteger.ONE.shiftLeft(bits - 1);
            throw new BadValue(
                    "\"" + text + "\" is no " + type.policyName(),
                    List.of(limit.negate() + " to " + limit.subtract(BigInteger.ONE)));
        }
        return new Value.Number(type, number.longValue());
    }

    /** Decimal or hexadecimal; null if the text is neither. A leading zero is refused: it means eight in other formats. */
    static @Nullable BigInteger integer(String text) {
        if (text.matches("-?(0|[1-9][0-9]{0,30})")) {
            return new BigInteger(text);
        }
        return text.matches("0[xX][0-9a-fA-F]{1,30}") ? new BigInteger(text.substring(2), 16) : null;
    }

    static int bits(DataType type) {
        return switch (type) {
            case UINT8, INT8 -> 8;
            case UINT16, INT16 -> 16;
            case UINT32, INT32 -> 32;
            case BYTE_ARRAY16 -> 128;
            default -> 64;
        };
    }

    private static Value addressV4(String text) throws BadValue {
        List<String> allowed = List.of("192.0.2.1", "192.0.2.0/24", "192.0.2.1-192.0.2.9");
        int slash = text.indexOf('/');
        int dash = text.indexOf('-');
        if (slash > 0) {
            Integer address = Addresses.v4(text.substring(0, slash));
            Integer mask = maskV4(text.substring(slash + 1));
            if (address != null && mask != null) {
                return new Value.V4AddressMask(address, mask);
            }
        } else if (dash > 0) {
            Integer low = Addresses.v4(text.substring(0, dash).strip());
            Integer high = Addresses.v4(text.substring(dash + 1).strip());
            if (low != null && high != null) {
                return Value.range(uint32(low), uint32(high));
            }
        } else {
            Integer address = Addresses.v4(text);
            if (address != null) {
                return uint32(address);
            }
        }
        String hint = text.contains(":") ? "; IPv6 addresses belong to the layers of version 6" : "";
        throw new BadValue("\"" + text + "\" is no IPv4 address, network or range" + hint, allowed);
    }

    private static @Nullable Integer maskV4(String text) {
        if (text.matches("[0-9]|[12][0-9]|3[0-2]")) {
            int length = Integer.parseInt(text);
            return length == 0 ? 0 : -1 << (32 - length);
        }
        return Addresses.v4(text);
    }

    private static Value addressV6(String text) throws BadValue {
        List<String> allowed = List.of("2001:db8::1", "2001:db8::/32", "2001:db8::1-2001:db8::9");
        int slash = text.indexOf('/');
        int dash = text.indexOf('-');
        if (slash > 0) {
            byte[] address = Addresses.v6(text.substring(0, slash));
            String length = text.substring(slash + 1);
            if (address != null && length.matches("[0-9]{1,3}") && Integer.parseInt(length) <= 128) {
                return Addresses.mask(address, Integer.parseInt(length));
            }
        } else if (dash > 0) {
            byte[] low = Addresses.v6(text.substring(0, dash).strip());
            byte[] high = Addresses.v6(text.substring(dash + 1).strip());
            if (low != null && high != null) {
                return Value.range(Value.address6(low), Value.address6(high));
            }
        } else {
            byte[] address = Addresses.v6(text);
            if (address != null) {
                return Value.address6(address);
            }
        }
        String hint = Addresses.v4(text) == null ? "" : "; IPv4 addresses belong to the layers of version 4";
        throw new BadValue("\"" + text + "\" is no IPv6 address, network or range" + hint, allowed);
    }

    private static Value uint32(int bits) {
        return Value.uint32(Integer.toUnsignedLong(bits));
    }

    private static Value uuid(String text) throws BadValue {
        UUID uuid = guid(text);
        if (uuid == null) {
            throw new BadValue("\"" + text + "\" is no GUID", List.of("00112233-4455-6677-8899-aabbccddeeff"));
        }
        return Value.address6(Addresses.bytes(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()));
    }

    /** A GUID in its usual form, or null. */
    static @Nullable UUID guid(String text) {
        return text.matches("(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
                ? UUID.fromString(text)
                : null;
    }

    /** Names and paths are blobs of UTF-16LE with a terminating zero (COND-15); other bytes are written in hexadecimal. */
    private static byte[] blob(String text) throws BadValue {
        return text.startsWith(HEX) ? hex(text) : (text + "\0").getBytes(StandardCharsets.UTF_16LE);
    }

    private static byte[] descriptor(String text) throws BadValue {
        if (!text.startsWith(HEX)) {
            throw new BadValue(
                    "\"" + text + "\" is no security descriptor", List.of("hex: and the bytes of a self-relative one"));
        }
        return hex(text);
    }

    private static byte[] hex(String text) throws BadValue {
        try {
            return HexFormat.of().parseHex(text.substring(HEX.length()).strip());
        } catch (IllegalArgumentException e) {
            throw new BadValue("\"" + text + "\" is not hexadecimal", List.of("hex:0011aabb"));
        }
    }

    /** A SID as text to its binary form. */
    private static byte[] sid(String text) throws BadValue {
        String[] parts = text.split("-", -1);
        boolean isSid = text.matches("S-1-[0-9]{1,15}(-[0-9]{1,10}){0,15}");
        long authority = isSid ? Long.parseLong(parts[2]) : -1;
        if (!isSid || authority >>> 48 != 0) {
            throw new BadValue("\"" + text + "\" is no SID", List.of("S-1-5-18"));
        }
        ByteBuffer buffer = ByteBuffer.allocate(8 + 4 * (parts.length - 3));
        buffer.put((byte) 1).put((byte) (parts.length - 3));
        buffer.putShort((short) (authority >>> 32)).putInt((int) authority);
        buffer.order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (int i = 3; i < parts.length; i++) {
            long part = Long.parseLong(parts[i]);
            if (part >>> 32 != 0) {
                throw new BadValue("\"" + text + "\" is no SID: " + part + " is too large", List.of("S-1-5-18"));
            }
            buffer.putInt((int) part);
        }
        return buffer.array();
    }

    private static byte[] required(byte @Nullable [] bytes, String text, String wrong, String example) throws BadValue {
        if (bytes == null) {
            throw new BadValue("\"" + text + "\" " + wrong, List.of(example));
        }
        return bytes;
    }
}
