package io.sallyport.bfe.internal.store;

import io.sallyport.layer.FieldSpec;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Value;
import java.math.BigInteger;
import java.util.List;

/** How much of a field's values a set of ORed tests excludes (WGT-7): 1 for a single value, 0 for all of them. */
final class Specificity {

    /** Blobs, strings and tokens have no size; they count as if there were this many values. */
    private static final int BITS_OF_UNCOUNTABLE = 16;

    private Specificity() {}

    static double of(FieldSpec spec, List<Condition> tests) {
        double bits = bits(spec);
        double values = Math.pow(2, bits);
        double matched = 0;
        for (Condition test : tests) {
            matched += matched(test, values);
        }
        if (matched <= 1) {
            return 1;
        }
        return matched >= values ? 0 : 1 - Math.log(matched) / Math.log(2) / bits;
    }

    private static double bits(FieldSpec spec) {
        return switch (spec.type()) {
            case UINT8, INT8 -> 8;
            case UINT16, INT16 -> 16;
            case UINT32, INT32, FLOAT -> 32;
            case UINT64, INT64, DOUBLE -> 64;
            case BYTE_ARRAY6 -> 48;
            case BYTE_ARRAY16 -> 128;
            default -> BITS_OF_UNCOUNTABLE;
        };
    }

    private static double matched(Condition test, double values) {
        return switch (test.match()) {
            // What is in a set changes, and weights must not change with it.
            case EQUAL, EQUAL_CASE_INSENSITIVE ->
                test.value() instanceof Value.InSet ? Math.sqrt(values) : equal(test.value());
            case RANGE -> test.value() instanceof Value.Range range ? span(range.low(), range.high(), values) : values;
            case LESS, LESS_OR_EQUAL -> test.value() instanceof Value.Number it ? unsigned(it) + 1 : values / 2;
            case GREATER, GREATER_OR_EQUAL ->
                test.value() instanceof Value.Number it ? values - unsigned(it) : values / 2;
            case FLAGS_ALL_SET, FLAGS_NONE_SET -> values / Math.pow(2, setBits(test.value()));
            case FLAGS_ANY_SET -> values * (1 - Math.pow(2, -setBits(test.value())));
            case NOT_EQUAL, NOT_PREFIX -> values - 1;
            case PREFIX -> Math.sqrt(values);
        };
    }

    private static double equal(Value value) {
        if (value instanceof Value.V4AddressMask it) {
            return Math.pow(2, 32 - Integer.bitCount(it.mask()));
        }
        if (value instanceof Value.V6AddressMask it) {
            return Math.pow(2, 128 - it.prefixLength());
        }
        return 1;
    }

    private static double span(Value low, Value high, double values) {
        if (low instanceof Value.Number a && high instanceof Value.Number b) {
            return unsigned(b) - unsigned(a) + 1;
        }
        if (low instanceof Value.Bytes a && high instanceof Value.Bytes b && a.bytes().length == b.bytes().length) {
            BigInteger size = new BigInteger(1, b.bytes()).subtract(new BigInteger(1, a.bytes()));
            return size.add(BigInteger.ONE).doubleValue();
        }
        return values / 2;
    }

    private static int setBits(Value value) {
        return value instanceof Value.Number it ? Long.bitCount(it.bits()) : 0;
    }

    private static double unsigned(Value.Number it) {
        double value = it.bits();
        return value < 0 ? value + Math.pow(2, 64) : value;
    }
}
