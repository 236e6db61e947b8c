package io.sallyport.bfe.internal.template;

import io.sallyport.layer.DataType;
import io.sallyport.policy.Value;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An interval of values, both ends included, as numbers: bytes count as one large unsigned number (COND-8).
 *
 * @param low the lower end
 * @param high the upper end, not below it
 */
record Span(BigInteger low, BigInteger high) {

    /** Everything that a field of this type can hold. Of types that {@link #isNumber} only. */
    static Span all(DataType type) {
        return switch (type) {
            case UINT8 -> unsigned(8);
            case UINT16 -> unsigned(16);
            case UINT32 -> unsigned(32);
            case UINT64 -> unsigned(64);
            case BYTE_ARRAY6 -> unsigned(48);
            case BYTE_ARRAY16 -> unsigned(128);
            case INT8 -> signed(8);
            case INT16 -> signed(16);
            case INT32 -> signed(32);
            case INT64 -> signed(64);
            default -> throw new IllegalArgumentException(type + " is no number");
        };
    }

    /** Tells whether values of this type can be counted through. */
    static boolean isNumber(DataType type) {
        return switch (type) {
            case UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, BYTE_ARRAY6, BYTE_ARRAY16 -> true;
            default -> false;
        };
    }

    /** One value. */
    static Span of(Value value) {
        BigInteger number = number(value);
        return new Span(number, number);
    }

    static Span of(Value.Range range) {
        return new Span(number(range.low()), number(range.high()));
    }

    /** A network with a contiguous mask. */
    static Span of(Value.V4AddressMask network) {
        long hole = ~network.mask() & 0xFFFF_FFFFL;
        long low = Integer.toUnsignedLong(network.address() & network.mask());
        return new Span(BigInteger.valueOf(low), BigInteger.valueOf(low | hole));
    }

    static Span of(Value.V6AddressMask network) {
        BigInteger hole = unsigned(128 - network.prefixLength()).high();
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(network.high())
                .putLong(network.low())
                .array();
        BigInteger low = new BigInteger(1, bytes).andNot(hole);
        return new Span(low, low.add(hole));
    }

    boolean overlaps(Span that) {
        return low.compareTo(that.high) <= 0 && that.low.compareTo(high) <= 0;
    }

    boolean contains(Span that) {
        return low.compareTo(that.low) <= 0 && that.high.compareTo(high) <= 0;
    }

    /** What of {@code all} is below this. */
    List<Span> below(Span all) {
        return low.equals(all.low) ? List.of() : List.of(new Span(all.low, low.subtract(BigInteger.ONE)));
    }

    /** What of {@code all} is above this. */
    List<Span> above(Span all) {
        return high.equals(all.high) ? List.of() : List.of(new Span(high.add(BigInteger.ONE), all.high));
    }

    /** The same values in ascending order, with no two spans that touch. */
    static List<Span> merged(List<Span> spans) {
        if (spans.size() < 2) {
            return List.copyOf(spans);
        }
        List<Span> sorted = new ArrayList<>(spans);
        sorted.sort(Comparator.comparing(Span::low));
        List<Span> merged = new ArrayList<>();
        for (Span next : sorted) {
            int end = merged.size() - 1;
            if (end >= 0 && next.low.compareTo(merged.get(end).high.add(BigInteger.ONE)) <= 0) {
                Span last = merged.get(end);
                merged.set(end, new Span(last.low, last.high.max(next.high)));
            } else {
                merged.add(next);
            }
        }
        return List.copyOf(merged);
    }

    private static BigInteger number(Value value) {
        if (value instanceof Value.Number number) {
            return switch (number.type()) {
                case INT8, INT16, INT32, INT64 -> BigInteger.valueOf(number.bits());
                default ->
                    new BigInteger(
                            1, ByteBuffer.allocate(8).putLong(number.bits()).array());
            };
        }
        return new BigInteger(1, ((Value.Bytes) value).bytes());
    }

    private static Span unsigned(int bits) {
        return new Span(BigInteger.ZERO, BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE));
    }

    private static Span signed(int bits) {
        BigInteger half = BigInteger.ONE.shiftLeft(bits - 1);
        return new Span(half.negate(), half.subtract(BigInteger.ONE));
    }
}
