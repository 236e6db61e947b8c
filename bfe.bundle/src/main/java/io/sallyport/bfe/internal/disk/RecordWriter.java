package io.sallyport.bfe.internal.disk;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Writes one record: big-endian numbers, strings and lists with their length in front, a checksum at the end. */
final class RecordWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);

    RecordWriter u8(int value) {
        bytes.write(value);
        return this;
    }

    RecordWriter i32(int value) {
        bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
        return this;
    }

    RecordWriter i64(long value) {
        bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        return this;
    }

    RecordWriter flag(boolean value) {
        return u8(value ? 1 : 0);
    }

    RecordWriter blob(byte[] value) {
        i32(value.length);
        bytes.writeBytes(value);
        return this;
    }

    RecordWriter text(String value) {
        // Two bytes for each char: also strings that are no valid Unicode come back as they were.
        return blob(utf16(value));
    }

    RecordWriter textOrNull(@Nullable String value) {
        flag(value != null);
        return value == null ? this : text(value);
    }

    RecordWriter uuid(UUID value) {
        return i64(value.getMostSignificantBits()).i64(value.getLeastSignificantBits());
    }

    RecordWriter uuidOrNull(@Nullable UUID value) {
        flag(value != null);
        return value == null ? this : uuid(value);
    }

    /** Strings, numbers, booleans, lists and maps; maps in the order of their keys, so that equal data gives equal bytes. */
    RecordWriter data(Object value) {
        if (value instanceof String it) {
            return u8('s').text(it);
        } else if (value instanceof Long it) {
            return u8('i').i64(it);
        } else if (value instanceof Double it) {
            return u8('d').i64(Double.doubleToRawLongBits(it));
        } else if (value instanceof Boolean it) {
            return u8('b').flag(it);
        } else if (value instanceof List<?> it) {
            u8('l').i32(it.size());
            it.forEach(this::data);
            return this;
        } else if (value instanceof Map<?, ?> it) {
            Map<String, Object> sorted = new TreeMap<>();
            it.forEach((key, element) -> sorted.put((String) key, element));
            u8('m').i32(sorted.size());
            sorted.forEach((key, element) -> text(key).data(element));
            return this;
        }
        throw new IllegalArgumentException("no data of a provider context: " + value);
    }

    /** The record with its checksum. */
    byte[] done() {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.toByteArray());
        i32((int) checksum.getValue());
        return bytes.toByteArray();
    }

    private static byte[] utf16(String value) {
        ByteBuffer buffer = ByteBuffer.allocate(Character.BYTES * value.length());
        buffer.asCharBuffer().put(value);
        return buffer.array();
    }
}
