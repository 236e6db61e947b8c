package io.sallyport.engine.internal.boot;

import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Value;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes a policy image as bytes, big-endian; {@link ImageReader} is its mirror. Enumerations go by name, as their numbers may
 * change with a release. Texts are a number of UTF-16 units and these, so that any string comes back as it was. Equal
 * images give equal bytes.
 */
final class ImageWriter {
    /** How deep lists and maps of a provider context may lie in each other. */
    static final int MOST_DEPTH = 64;

    static final int NULL = 0;
    static final int PRESENT = 1;

    static final int EMPTY = 0;
    static final int NUMBER = 1;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int V4 = 4;
    static final int V6 = 5;
    static final int RANGE = 6;

    static final int STRING = 1;
    static final int LONG = 2;
    static final int DOUBLE = 3;
    static final int FALSE = 4;
    static final int TRUE = 5;
    static final int LIST = 6;
    static final int MAP = 7;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    private ImageWriter() {}

    /**
     * Writes an image.
     *
     * @throws IllegalArgumentException naming a filter whose context data cannot be written
     */
    static byte[] write(PolicyImage image) {
        ImageWriter writer = new ImageWriter();
        try {
            writer.image(image);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return writer.bytes.toByteArray();
    }

    private void image(PolicyImage image) throws IOException {
        text(image.revision());
        out.writeInt(image.sublayers().size());
        for (RuntimeSublayer sublayer : image.sublayers()) {
            uuid(sublayer.key());
            text(sublayer.name());
            out.writeInt(sublayer.weight());
        }
        out.writeInt(image.callouts().size());
        for (AddedCallout callout : image.callouts()) {
            uuid(callout.key());
            out.writeInt(callout.id());
            text(callout.name());
            text(callout.layer().name());
        }
        out.writeInt(image.filters().size());
        for (FilterImage filter : image.filters()) {
            filter(filter);
        }
    }

    private void filter(FilterImage filter) throws IOException {
        out.writeLong(filter.id());
        uuid(filter.key());
        text(filter.name());
        String provider = filter.provider();
        out.writeByte(provider == null ? NULL : PRESENT);
        if (provider != null) {
            text(provider);
        }
        text(filter.layer().name());
        uuid(filter.sublayer());
        out.writeLong(filter.weight());
        out.writeInt(filter.conditions().size());
        for (Condition condition : filter.conditions()) {
            text(condition.field().name());
            text(condition.match().name());
            value(condition.value());
        }
        text(filter.action().name());
        UUID callout = filter.callout();
        out.writeByte(callout == null ? NULL : PRESENT);
        if (callout != null) {
            uuid(callout);
        }
        out.writeInt(filter.flags());
        out.writeLong(filter.rawContext());
        try {
            data(filter.providerContext(), 0);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "filter " + filter.name() + " (" + filter.id() + "): its context data " + e.getMessage(), e);
        }
    }

    private void value(Value value) throws IOException {
        if (value instanceof Value.Empty) {
            out.writeByte(EMPTY);
        } else if (value instanceof Value.Number number) {
            out.writeByte(NUMBER);
            text(number.type().name());
            out.writeLong(number.bits());
        } else if (value instanceof Value.Bytes blob) {
            out.writeByte(BYTES);
            text(blob.type().name());
            byte[] content = blob.bytes();
            out.writeInt(content.length);
            out.write(content);
        } else if (value instanceof Value.Text text) {
            out.writeByte(TEXT);
            text(text.text());
        } else if (value instanceof Value.V4AddressMask v4) {
            out.writeByte(V4);
            out.writeInt(v4.address());
            out.writeInt(v4.mask());
        } else if (value instanceof Value.V6AddressMask v6) {
            out.writeByte(V6);
            out.writeLong(v6.high());
            out.writeLong(v6.low());
            out.writeInt(v6.prefixLength());
        } else if (value instanceof Value.InSet) {
            throw new IllegalArgumentException("boot-time filters name no sets: " + value);
        } else if (value instanceof Value.Range range) {
            if (range.low() instanceof Value.Range || range.high() instanceof Value.Range) {
                throw new IllegalArgumentException("a range of ranges cannot be written: " + value);
            }
            out.writeByte(RANGE);
            value(range.low());
            value(range.high());
        } else {
            throw new AssertionError("a kind of value that nobody writes: " + value);
        }
    }

    private void data(@Nullable Object data, int depth) throws IOException {
        if (depth > MOST_DEPTH) {
            throw new IllegalArgumentException("lies more than " + MOST_DEPTH + " lists and maps deep");
        }
        if (data instanceof String text) {
            out.writeByte(STRING);
            text(text);
        } else if (data instanceof Long number) {
            out.writeByte(LONG);
            out.writeLong(number);
        } else if (data instanceof Double number) {
            out.writeByte(DOUBLE);
            out.writeLong(Double.doubleToRawLongBits(number));
        } else if (data instanceof Boolean bool) {
            out.writeByte(bool ? TRUE : FALSE);
        } else if (data instanceof List<?> list) {
            out.writeByte(LIST);
            out.writeInt(list.size());
            for (Object element : list) {
                data(element, depth + 1);
            }
        } else if (data instanceof Map<?, ?> map) {
            map(map, depth);
        } else {
            throw new IllegalArgumentException("holds "
                    + (data == null ? "null" : "a " + data.getClass().getSimpleName())
                    + "; it may hold text, whole numbers, decimals, true, false, lists and maps");
        }
    }

    private void map(Map<?, ?> map, int depth) throws IOException {
        Map<String, Object> sorted = new TreeMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key) || entry.getValue() == null) {
                throw new IllegalArgumentException("holds a map whose key is no text, or that holds null");
            }
            sorted.put(key, entry.getValue());
        }
        out.writeByte(MAP);
        out.writeInt(sorted.size());
        for (Map.Entry<String, Object> entry : sorted.entrySet()) {
            text(entry.getKey());
            data(entry.getValue(), depth + 1);
        }
    }

    private void text(String text) throws IOException {
        out.writeInt(text.length());
        out.writeChars(text);
    }

    private void uuid(UUID uuid) throws IOException {
        out.writeLong(uuid.getMostSignificantBits());
        out.writeLong(uuid.getLeastSignificantBits());
    }
}
