package io.sallyport.bfe.internal.disk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Writes one record: big-endian numbers, strings and lists with their length in front, a checksum at the end. */
final class RecordWriter {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes = new byte[256];
    private int length;

    RecordWriter u8(int value) {
        makeRoom(1);
        bytes[length++] = (byte) value;
        return this;
    }

    RecordWriter i32(int value) {
        makeRoom(Integer.BYTES);
        INT.set(bytes, length, value);
        length += Integer.BYTES;
        return this;
    }

    RecordWriter i64(long value) {
        makeRoom(Long.BYTES);
        LONG.set(bytes, length, value);
        length += Long.BYTES;
        return this;
    }

    RecordWriter flag(boolean value) {
        return u8(value ? 1 : 0);
    }

    RecordWriter blob(byte[] value) {
        i32(value.length);
        makeRoom(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    /** Two bytes for each char: also strings that are no valid Unicode come back as they were. */
    RecordWriter text(String value) {
        i32(Character.BYTES * value.length());
        makeRoom(Character.BYTES * value.length());
        for (int i = 0; i < value.length(); i++) {
            bytes[length++] = (byte) (value.charAt(i) >>> Byte.SIZE);
            bytes[length++] = (byte) value.charAt(i);
        }
        return this;
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
        checksum.update(bytes, 0, length);
        i32((int) checksum.getValue());
        return Arrays.copyOf(bytes, length);
    }

    private void makeRoom(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
