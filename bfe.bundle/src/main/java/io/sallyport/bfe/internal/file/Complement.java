package io.sallyport.bfe.internal.file;

import io.sallyport.layer.DataType;
import io.sallyport.policy.Value;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns "none of these" into the ranges that are left: several NOT_EQUAL on one field would exclude nothing (COND-4). */
final class Complement {

    private record Span(BigInteger low, BigInteger high) {}

    private Complement() {}

    /** Types whose values are unsigned integers of some width. */
    static boolean isPossible(DataType type) {
        return switch (type) {
            case UINT8, UINT16, UINT32, UINT64, BYTE_ARRAY16 -> true;
            default -> false;
        };
    }

    /**
     * The ranges outside of all values.
     *
     * @return null if a mask is not contiguous; empty if nothing is left
     */
    static @Nullable List<Value> of(DataType type, List<Value> values) {
        List<Span> spans = new ArrayList<>();
        for (Value value : values) {
            Span span = span(value);
            if (span == null) {
                return null;
            }
            spans.add(span);
        }
        spans.sort(Comparator.comparing(Span::low));
        List<Value> rest = new ArrayList<>();
        BigInteger next = BigInteger.ZERO;
        for (Span span : spans) {
            if (span.low().compareTo(next) > 0) {
                rest.add(range(type, next, span.low().subtract(BigInteger.ONE)));
            }
            next = next.max(span.high().add(BigInteger.ONE));
        }
        BigInteger max = BigInteger.ONE.shiftLeft(ValueParser.bits(type)).subtract(BigInteger.ONE);
        if (next.compareTo(max) <= 0) {
            rest.add(range(type, next, max));
        }
        return rest;
    }

    private static @Nullable Span span(Value value) {
        if (value instanceof Value.Range range) {
            Span low = span(range.low());
            Span high = span(range.high());
            return low == null || high == null ? null : new Span(low.low(), high.high());
        }
        if (value instanceof Value.V4AddressMask it) {
            BigInteger low = BigInteger.valueOf(Integer.toUnsignedLong(it.address() & it.mask()));
            boolean isContiguous = Integer.bitCount(it.mask()) == Integer.numberOfLeadingZeros(~it.mask());
            return isContiguous ? new Span(low, low.add(size(32 - Integer.bitCount(it.mask())))) : null;
        }
        if (value instanceof Value.V6AddressMask it) {
            BigInteger size = size(128 - it.prefixLength());
            BigInteger low = new BigInteger(1, Addresses.bytes(it.high(), it.low())).andNot(size);
            return new Span(low, low.add(size));
        }
        BigInteger single = switch (value.type()) {
            case UINT8, UINT16, UINT32, UINT64 -> unsigned(((Value.Number) value).bits());
            default -> new BigInteger(1, ((Value.Bytes) value).bytes());
        };
        return new Span(single, single);
    }

    private static BigInteger size(int bits) {
        return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
    }

    private static BigInteger unsigned(long bits) {
        return new BigInteger(1, ByteBuffer.allocate(8).putLong(bits).array());
    }

    private static Value range(DataType type, BigInteger low, BigInteger high) {
        return Value.range(value(type, low), value(type, high));
    }

    private static Value value(DataType type, BigInteger number) {
        if (type == DataType.BYTE_ARRAY16) {
            return Value.address6(Addresses.bytes(number.shiftRight(64).longValue(), number.longValue()));
        }
        return new Value.Number(type, number.longValue());
    }
}
