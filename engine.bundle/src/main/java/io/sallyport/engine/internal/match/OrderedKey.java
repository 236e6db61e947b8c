package io.sallyport.engine.internal.match;

import io.sallyport.layer.DataType;

/**
 * Maps values to longs whose <em>signed</em> order is the order of the values, so that one comparison serves all types.
 * Unsigned numbers get their top bit flipped, signed ones are taken as they are, and floating point is mapped to its total
 * order (-0 below +0, NaN equal to itself and above all).
 */
public final class OrderedKey {
    /** The key below or equal to every other one. */
    public static final long MIN = Long.MIN_VALUE;

    /** The key above or equal to every other one. */
    public static final long MAX = Long.MAX_VALUE;

    private OrderedKey() {}

    /** The key of a number; {@code bits} as in {@link io.sallyport.policy.Value.Number}. */
    public static long of(DataType type, long bits) {
        return switch (type) {
            case INT8, INT16, INT32, INT64 -> bits;
            case FLOAT -> {
                int canonical = Float.floatToIntBits(Float.intBitsToFloat((int) bits));
                yield canonical ^ ((canonical >> 31) & Integer.MAX_VALUE);
            }
            case DOUBLE -> {
                long canonical = Double.doubleToLongBits(Double.longBitsToDouble(bits));
                yield canonical ^ ((canonical >> 63) & Long.MAX_VALUE);
            }
            default -> ofUnsigned(bits);
        };
    }

    /** The key of an unsigned number, or of one half of a 16-byte value. */
    public static long ofUnsigned(long bits) {
        return bits ^ Long.MIN_VALUE;
    }
}
