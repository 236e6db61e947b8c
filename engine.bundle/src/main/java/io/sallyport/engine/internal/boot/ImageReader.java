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
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Reads what {@link ImageWriter} wrote. Whoever calls has compared the checksum; nevertheless no content may do harm: counts
 * are compared with what is left before room is made for them.
 */
final class ImageReader {
    private final ByteBuffer in;

    private ImageReader(ByteBuffer in) {
        this.in = in;
    }

    /**
     * Reads an image.
     *
     * @param in exactly one image
     * @throws IllegalArgumentException saying what makes no sense, e.g. a layer that this version does not know
     */
    static PolicyImage read(ByteBuffer in) {
        try {
            PolicyImage image = new ImageReader(in).image();
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes too many");
            }
            return image;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("it ends in the middle of something", e);
        }
    }

    private PolicyImage image() {
        String revision = text();
        List<RuntimeSublayer> sublayers = new ArrayList<>();
        for (int i = count(); i > 0; i--) {
            sublayers.add(new RuntimeSublayer(uuid(), text(), in.getInt()));
        }
        List<AddedCallout> callouts = new ArrayList<>();
        for (int i = count(); i > 0; i--) {
            callouts.add(new AddedCallout(uuid(), in.getInt(), text(), name(Layer.class)));
        }
        List<FilterImage> filters = new ArrayList<>();
        for (int i = count(); i > 0; i--) {
            filters.add(filter());
        }
        return new PolicyImage(revision, sublayers, callouts, filters);
    }

    private FilterImage filter() {
        long id = in.getLong();
        UUID key = uuid();
        String name = text();
        String provider = isPresent() ? text() : null;
        Layer layer = name(Layer.class);
        UUID sublayer = uuid();
        long weight = in.getLong();
        List<Condition> conditions = new ArrayList<>();
        for (int i = count(); i > 0; i--) {
            conditions.add(new Condition(name(Field.class), name(MatchType.class), value(false)));
        }
        ActionType action = name(ActionType.class);
        UUID callout = isPresent() ? uuid() : null;
        int flags = in.getInt();
        long rawContext = in.getLong();
        if (in.get() != ImageWriter.MAP) {
            throw new IllegalArgumentException("filter " + name + " has context data that is no map");
        }
        return new FilterImage(
                id,
                key,
                name,
                provider,
                layer,
                sublayer,
                weight,
                conditions,
                action,
                callout,
                flags,
                rawContext,
                map(0));
    }

    private Value value(boolean isEndOfRange) {
        int kind = in.get();
        return switch (kind) {
            case ImageWriter.EMPTY -> Value.empty();
            case ImageWriter.NUMBER -> new Value.Number(name(DataType.class), in.getLong());
            case ImageWriter.BYTES -> {
                DataType type = name(DataType.class);
                byte[] content = new byte[count()];
                in.get(content);
                yield new Value.Bytes(type, content);
            }
            case ImageWriter.TEXT -> new Value.Text(text());
            case ImageWriter.V4 -> new Value.V4AddressMask(in.getInt(), in.getInt());
            case ImageWriter.V6 -> new Value.V6AddressMask(in.getLong(), in.getLong(), in.getInt());
            case ImageWriter.RANGE -> {
                if (isEndOfRange) {
                    throw new IllegalArgumentException("a range of ranges");
                }
                yield new Value.Range(value(true), value(true));
            }
            default -> throw new IllegalArgumentException("unknown kind of value " + kind);
        };
    }

    private Object data(int depth) {
        if (depth > ImageWriter.MOST_DEPTH) {
            throw new IllegalArgumentException("context data lies too deep");
        }
        int kind = in.get();
        return switch (kind) {
            case ImageWriter.STRING -> text();
            case ImageWriter.LONG -> in.getLong();
            case ImageWriter.DOUBLE -> Double.longBitsToDouble(in.getLong());
            case ImageWriter.FALSE -> false;
            case ImageWriter.TRUE -> true;
            case ImageWriter.LIST -> {
                List<Object> list = new ArrayList<>();
                for (int i = count(); i > 0; i--) {
                    list.add(data(depth + 1));
                }
                yield List.copyOf(list);
            }
            case ImageWriter.MAP -> map(depth);
            default -> throw new IllegalArgumentException("unknown kind of context data " + kind);
        };
    }

    private Map<String, Object> map(int depth) {
        Map<String, Object> map = new HashMap<>();
        for (int i = count(); i > 0; i--) {
            map.put(text(), data(depth + 1));
        }
        return Map.copyOf(map);
    }

    private boolean isPresent() {
        return switch (in.get()) {
            case ImageWriter.NULL -> false;
            case ImageWriter.PRESENT -> true;
            default -> throw new IllegalArgumentException("neither present nor absent");
        };
    }

    /** A number of things that follow; each takes a byte at least. */
    private int count() {
        int count = in.getInt();
        if (count < 0 || count > in.remaining()) {
            throw new IllegalArgumentException("a count of " + count + " with " + in.remaining() + " bytes left");
        }
        return count;
    }

    private String text() {
        char[] units = new char[count()];
        for (int i = 0; i < units.length; i++) {
            units[i] = in.getChar();
        }
        return new String(units);
    }

    private <E extends Enum<E>> E name(Class<E> type) {
        String name = text();
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("this version knows no " + type.getSimpleName() + " " + name, e);
        }
    }

    private UUID uuid() {
        return new UUID(in.getLong(), in.getLong());
    }
}
