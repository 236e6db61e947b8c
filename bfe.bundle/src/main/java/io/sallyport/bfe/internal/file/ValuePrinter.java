package io.sallyport.bfe.internal.file;

import io.sallyport.layer.DataType;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** Writes conditions as entries of {@code when}: the reverse of {@link ConditionParser}. */
final class ValuePrinter {
    private ValuePrinter() {}

    /** The entries, in order; several exact values or ranges of one field in a row become one entry. */
    static List<String> entries(Layer layer, List<Condition> conditions, Function<UUID, String> sets) {
        List<String> entries = new ArrayList<>();
        int next = 0;
        while (next < conditions.size()) {
            Condition first = conditions.get(next);
            FieldSpec spec = layer.schema().find(first.field());
            int end = next + 1;
            while (isListed(first)
                    && end < conditions.size()
                    && isListed(conditions.get(end))
                    && conditions.get(end).field() == first.field()) {
                end++;
            }
            if (spec != null) {
                String value = first.value() instanceof Value.InSet it
                        ? set(first.match(), sets.apply(it.set()))
                        : end - next > 1 ? in(spec, conditions.subList(next, end)) : single(spec, first);
                entries.add(first.field().policyName() + ": " + value);
            }
            next = end;
        }
        return entries;
    }

    private static boolean isListed(Condition condition) {
        if (condition.value() instanceof Value.InSet) {
            return false;
        }
        return condition.match() == MatchType.RANGE
                || (condition.match() == MatchType.EQUAL && condition.value().type() != DataType.EMPTY);
    }

    private static String in(FieldSpec spec, List<Condition> conditions) {
        List<String> values = conditions.stream().map(it -> single(spec, it)).toList();
        return "{in: [" + String.join(", ", values) + "]}";
    }

    private static String single(FieldSpec spec, Condition condition) {
        Value value = condition.value();
        return switch (condition.match()) {
            case EQUAL -> value.type() == DataType.EMPTY ? "empty" : value(spec, value);
            case RANGE -> {
                Value.Range range = (Value.Range) value;
                yield "{range: [" + value(spec, range.low()) + ", " + value(spec, range.high()) + "]}";
            }
            case GREATER -> operator("gt", value(spec, value));
            case GREATER_OR_EQUAL -> operator("ge", value(spec, value));
            case LESS -> operator("lt", value(spec, value));
            case LESS_OR_EQUAL -> operator("le", value(spec, value));
            case FLAGS_ALL_SET -> operator("all-set", flags(spec, value));
            case FLAGS_ANY_SET -> operator("any-set", flags(spec, value));
            case FLAGS_NONE_SET -> operator("none-set", flags(spec, value));
            case NOT_EQUAL -> operator("not", value(spec, value));
            case PREFIX -> operator("ends-with", value(spec, value));
            case NOT_PREFIX -> operator("not-ends-with", value(spec, value));
            case EQUAL_CASE_INSENSITIVE -> operator("iequal", value(spec, value));
        };
    }

    private static String set(MatchType match, String name) {
        String inSet = operator("in-set", name);
        return match == MatchType.EQUAL ? inSet : operator("not", inSet);
    }

    private static String operator(String name, String value) {
        return "{" + name + ": " + value + "}";
    }

    private static String flags(FieldSpec spec, Value value) {
        int bits = (int) ((Value.Number) value).bits();
        List<String> names = bits == 0 ? List.of("0") : NamedValues.flagNames(spec.field(), bits);
        return "[" + String.join(", ", names) + "]";
    }

    private static String value(FieldSpec spec, Value value) {
        boolean isAddress = spec.kind() == FieldKind.IP_ADDRESS;
        if (value instanceof Value.Number it) {
            if (isAddress) {
                return Addresses.formatV4((int) it.bits());
            }
            boolean isSigned = it.type().name().startsWith("INT");
            return NamedValues.nameOf(spec.field(), it.bits())
                    .orElse(isSigned ? Long.toString(it.bits()) : Long.toUnsignedString(it.bits()));
        }
        if (value instanceof Value.V4AddressMask it) {
            int length = Integer.bitCount(it.mask());
            boolean isContiguous = length == Integer.numberOfLeadingZeros(~it.mask());
            return Addresses.formatV4(it.address()) + "/" + (isContiguous ? length : Addresses.formatV4(it.mask()));
        }
        if (value instanceof Value.V6AddressMask it) {
            byte[] address = Addresses.bytes(it.high(), it.low());
            return YamlText.quoted(Addresses.formatV6(address) + "/" + it.prefixLength());
        }
        if (value instanceof Value.Text it) {
            return YamlText.text(it.text());
        }
        return bytes(isAddress, (Value.Bytes) value);
    }

    private static String bytes(boolean isAddress, Value.Bytes value) {
        byte[] bytes = value.bytes();
        return switch (value.type()) {
            case BYTE_ARRAY16 -> YamlText.quoted(isAddress ? Addresses.formatV6(bytes) : uuid(bytes));
            case BYTE_ARRAY6 -> YamlText.quoted(Addresses.formatMac(bytes));
            case SID -> sid(bytes);
            case BYTE_BLOB -> blob(bytes);
            default -> YamlText.quoted("hex:" + HexFormat.of().formatHex(bytes));
        };
    }

    private static String uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong()).toString();
    }

    private static String blob(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_16LE);
        boolean isText = text.endsWith("\0")
                && !text.startsWith("hex:")
                && Arrays.equals(text.getBytes(StandardCharsets.UTF_16LE), bytes);
        return isText
                ? YamlText.text(text.substring(0, text.length() - 1))
                : YamlText.quoted("hex:" + HexFormat.of().formatHex(bytes));
    }

    private static String sid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int count = bytes.length < 8 ? -1 : bytes[1];
        if (count < 0 || bytes.length != 8 + 4 * count) {
            return YamlText.quoted("hex:" + HexFormat.of().formatHex(bytes));
        }
        long authority = buffer.getLong(0) & 0xffff_ffff_ffffL;
        StringBuilder text = new StringBuilder("S-1-").append(authority);
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            text.append('-').append(Integer.toUnsignedString(buffer.getInt(8 + 4 * i)));
        }
        return text.toString();
    }
}
