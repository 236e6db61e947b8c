package io.sallyport.engine.oracle;

import io.sallyport.layer.DataType;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.policy.AccessToken;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/** Random operands and actual values, out of small pools full of neighbours and limits. */
final class RandomValues {
    private static final MatchType[] ORDERED = {
        MatchType.EQUAL,
        MatchType.NOT_EQUAL,
        MatchType.GREATER,
        MatchType.LESS,
        MatchType.GREATER_OR_EQUAL,
        MatchType.LESS_OR_EQUAL,
        MatchType.RANGE
    };
    private static final MatchType[] FLAGS = {MatchType.FLAGS_ALL_SET, MatchType.FLAGS_ANY_SET, MatchType.FLAGS_NONE_SET
    };
    private static final long[] HALVES = {0, 1, 2, -1, -2, Long.MIN_VALUE, Long.MAX_VALUE, 0x20010db8_00000000L};

    private RandomValues() {}

    static Condition condition(FieldSpec spec, SplittableRandom random) {
        if (random.nextInt(8) == 0) {
            return new Condition(spec.field(), MatchType.EQUAL, Value.empty());
        }
        boolean isAddress = spec.kind() == FieldKind.IP_ADDRESS;
        return switch (spec.type()) {
            case UINT8, UINT16, UINT32, UINT64 -> {
                if (isAddress && random.nextInt(3) != 0) {
                    yield new Condition(spec.field(), equality(random), v4(random));
                }
                yield random.nextInt(3) == 0
                        ? new Condition(spec.field(), FLAGS[random.nextInt(3)], number(spec.type(), random))
                        : ordered(spec, random);
            }
            case BYTE_ARRAY16 ->
                isAddress && random.nextInt(3) != 0
                        ? new Condition(spec.field(), equality(random), v6(random))
                        : ordered(spec, random);
            case BYTE_BLOB ->
                random.nextInt(3) == 0
                        ? new Condition(
                                spec.field(),
                                random.nextBoolean() ? MatchType.PREFIX : MatchType.NOT_PREFIX,
                                operand(spec.type(), random))
                        : ordered(spec, random);
            case SID -> new Condition(spec.field(), equality(random), operand(spec.type(), random));
            case TOKEN_INFORMATION, TOKEN_ACCESS_INFORMATION ->
                new Condition(
                        spec.field(),
                        MatchType.EQUAL,
                        new Value.Bytes(DataType.SECURITY_DESCRIPTOR, descriptor(random)));
            default -> new Condition(spec.field(), MatchType.EQUAL, operand(spec.type(), random));
        };
    }

    /** A condition that one value fulfils, or the empty one, where the type has such ones. */
    static Condition exactly(FieldSpec spec, SplittableRandom random) {
        if (random.nextInt(16) == 0) {
            return new Condition(spec.field(), MatchType.EQUAL, Value.empty());
        }
        return switch (spec.type()) {
            case TOKEN_INFORMATION, TOKEN_ACCESS_INFORMATION -> condition(spec, random);
            default -> new Condition(spec.field(), MatchType.EQUAL, operand(spec.type(), random));
        };
    }

    private static MatchType equality(SplittableRandom random) {
        return random.nextInt(4) == 0 ? MatchType.NOT_EQUAL : MatchType.EQUAL;
    }

    private static Condition ordered(FieldSpec spec, SplittableRandom random) {
        MatchType match = ORDERED[random.nextInt(ORDERED.length)];
        Value value = operand(spec.type(), random);
        if (match != MatchType.RANGE) {
            return new Condition(spec.field(), match, value);
        }
        Value other = operand(spec.type(), random);
        boolean isInOrder;
        if (value instanceof Value.Number a) {
            isInOrder = Long.compareUnsigned(a.bits(), ((Value.Number) other).bits()) <= 0;
        } else {
            isInOrder = Arrays.compareUnsigned(((Value.Bytes) value).bytes(), ((Value.Bytes) other).bytes()) <= 0;
        }
        return new Condition(spec.field(), match, isInOrder ? Value.range(value, other) : Value.range(other, value));
    }

    private static Value operand(DataType type, SplittableRandom random) {
        return switch (type) {
            case UINT8, UINT16, UINT32, UINT64 -> number(type, random);
            default -> new Value.Bytes(type, bytes(type, random));
        };
    }

    private static Value number(DataType type, SplittableRandom random) {
        return new Value.Number(type, bits(type, random));
    }

    private static long bits(DataType type, SplittableRandom random) {
        int width = switch (type) {
            case UINT8 -> 8;
            case UINT16 -> 16;
            case UINT32 -> 32;
            default -> 64;
        };
        long max = -1L >>> (64 - width);
        return switch (random.nextInt(6)) {
            case 0 -> max;
            case 1 -> max >>> 1;
            case 2 -> (max >>> 1) + 1;
            default -> random.nextInt(8);
        };
    }

    private static Value v4(SplittableRandom random) {
        int[] masks = {0, -1, 0xFFFFFF00, 0xFF000000, -2, -8, 0x80000000, 0x00FF00FF, 0xFF0000FF, 7, 5};
        return new Value.V4AddressMask((int) bits(DataType.UINT32, random), masks[random.nextInt(masks.length)]);
    }

    private static Value v6(SplittableRandom random) {
        int[] lengths = {0, 1, 32, 63, 64, 65, 126, 127, 128};
        return new Value.V6AddressMask(half(random), half(random), lengths[random.nextInt(lengths.length)]);
    }

    private static long half(SplittableRandom random) {
        return HALVES[random.nextInt(HALVES.length)];
    }

    private static byte[] bytes(DataType type, SplittableRandom random) {
        return switch (type) {
            case BYTE_ARRAY16 ->
                ByteBuffer.allocate(16)
                        .putLong(half(random))
                        .putLong(half(random))
                        .array();
            case BYTE_ARRAY6 -> new byte[] {(byte) (random.nextInt(2) * 0xFF), 0, 0, 0, 0, (byte) random.nextInt(3)};
            case SID -> sid(random.nextInt(4));
            default -> {
                byte[] blob = new byte[random.nextInt(4)];
                for (int i = 0; i < blob.length; i++) {
                    blob[i] = (byte) (random.nextInt(3) - 1);
                }
                yield blob;
            }
        };
    }

    /** S-1-5-N. */
    private static byte[] sid(int n) {
        return new byte[] {1, 1, 0, 0, 0, 0, 0, 5, (byte) n, 0, 0, 0};
    }

    /** A self-relative descriptor with up to three entries, or without a list. */
    private static byte[] descriptor(SplittableRandom random) {
        int entries = random.nextInt(4);
        ByteBuffer buffer = ByteBuffer.allocate(28 + 20 * entries).order(ByteOrder.LITTLE_ENDIAN);
        boolean hasList = random.nextInt(8) != 0;
        buffer.put((byte) 1).put((byte) 0).putShort((short) (hasList ? 0x8004 : 0x8000));
        buffer.putInt(0).putInt(0).putInt(0).putInt(random.nextInt(16) == 0 ? 0 : 20);
        buffer.put((byte) 2).put((byte) 0).putShort((short) (8 + 20 * entries)).putShort((short) entries);
        buffer.putShort((short) 0);
        int[] masks = {1, 1, 1, 2, 0x10000000, 3};
        for (int i = 0; i < entries; i++) {
            buffer.put((byte) random.nextInt(2)).put((byte) (random.nextInt(6) == 0 ? 8 : 0));
            buffer.putShort((short) 20).putInt(masks[random.nextInt(masks.length)]);
            buffer.put(sid(random.nextInt(4)));
        }
        return buffer.array();
    }

    private static Set<String> sids(SplittableRandom random, int most) {
        Set<String> sids = new HashSet<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            sids.add("S-1-5-" + random.nextInt(4));
        }
        return sids;
    }

    static Object actual(FieldSpec spec, SplittableRandom random) {
        return switch (spec.type()) {
            case UINT8, UINT16, UINT32, UINT64 -> bits(spec.type(), random);
            case TOKEN_INFORMATION, TOKEN_ACCESS_INFORMATION ->
                new AccessToken(sids(random, 3), random.nextInt(3) == 0 ? sids(random, 2) : Set.of());
            default -> bytes(spec.type(), random);
        };
    }
}
