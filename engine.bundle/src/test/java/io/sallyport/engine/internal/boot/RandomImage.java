package io.sallyport.engine.internal.boot;

import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.IntFunction;

/** Images of every kind of content, sensible or not: a file has to carry them all. */
final class RandomImage {
    private static final String[] TEXTS = {
        "", "web", "Straße", "\0", "\uD83D\uDE00", "\uD83D alone", "a\nb", "x".repeat(300)
    };
    private static final DataType[] NUMBERS = {
        DataType.UINT8,
        DataType.UINT16,
        DataType.UINT32,
        DataType.UINT64,
        DataType.INT8,
        DataType.INT16,
        DataType.INT32,
        DataType.INT64,
        DataType.FLOAT,
        DataType.DOUBLE
    };
    private static final DataType[] BYTES = {
        DataType.BYTE_ARRAY16, DataType.BYTE_ARRAY6, DataType.BYTE_BLOB, DataType.SID, DataType.SECURITY_DESCRIPTOR
    };

    private final SplittableRandom random;

    RandomImage(SplittableRandom random) {
        this.random = random;
    }

    PolicyImage image() {
        return new PolicyImage(
                text(),
                some(i -> new RuntimeSublayer(uuid(), text(), random.nextInt(65536))),
                some(i -> new AddedCallout(uuid(), random.nextInt(), text(), one(Layer.values()))),
                some(this::filter));
    }

    FilterImage filter(int id) {
        return new FilterImage(
                random.nextLong(),
                uuid(),
                text() + id,
                random.nextBoolean() ? null : text(),
                one(Layer.values()),
                uuid(),
                random.nextLong(),
                some(i -> new Condition(one(Field.values()), one(MatchType.values()), value())),
                one(ActionType.values()),
                random.nextBoolean() ? null : uuid(),
                random.nextInt(),
                random.nextLong(),
                map(0));
    }

    private Value value() {
        return switch (random.nextInt(7)) {
            case 0 -> Value.empty();
            case 1 -> number();
            case 2 -> bytes();
            case 3 -> new Value.Text(text());
            case 4 -> new Value.V4AddressMask(random.nextInt(), random.nextInt());
            case 5 -> new Value.V6AddressMask(random.nextLong(), random.nextLong(), random.nextInt());
            default -> random.nextBoolean() ? new Value.Range(number(), number()) : new Value.Range(bytes(), bytes());
        };
    }

    private Value number() {
        DataType type = one(NUMBERS);
        long bits = random.nextLong();
        return new Value.Number(
                type,
                switch (type) {
                    case UINT8 -> bits & 0xFF;
                    case UINT16 -> bits & 0xFFFF;
                    case UINT32, FLOAT -> bits & 0xFFFF_FFFFL;
                    case INT8 -> (byte) bits;
                    case INT16 -> (short) bits;
                    case INT32 -> (int) bits;
                    default -> bits;
                });
    }

    private Value bytes() {
        DataType type = one(BYTES);
        byte[] content = new byte
                [switch (type) {
                    case BYTE_ARRAY16 -> 16;
                    case BYTE_ARRAY6 -> 6;
                    default -> random.nextInt(40);
                }];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) random.nextInt();
        }
        return new Value.Bytes(type, content);
    }

    private Map<String, Object> map(int depth) {
        Map<String, Object> map = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            map.put(text() + i, data(depth + 1));
        }
        return map;
    }

    private Object data(int depth) {
        return switch (random.nextInt(depth > 3 ? 4 : 6)) {
            case 0 -> text();
            case 1 -> random.nextLong();
            case 2 -> random.nextBoolean();
            case 3 -> Double.longBitsToDouble(random.nextLong());
            case 4 -> some(i -> data(depth + 1));
            default -> map(depth);
        };
    }

    private <T> List<T> some(IntFunction<T> maker) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(maker.apply(i));
        }
        return list;
    }

    private <T> T one(T[] all) {
        return all[random.nextInt(all.length)];
    }

    private String text() {
        return one(TEXTS);
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
