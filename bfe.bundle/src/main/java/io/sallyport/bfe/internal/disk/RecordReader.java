package io.sallyport.bfe.internal.disk;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads what {@link RecordWriter} wrote; anything else is damage. */
final class RecordReader {
    private final ByteBuffer bytes;

    RecordReader(byte @Nullable [] record) throws StoreDamagedException {
        if (record == null) { // a turned bit can make the store's library find an entry without a value
            throw new StoreDamagedException("a record is missing");
        }
        int length = record.length - Integer.BYTES;
        if (length < 0) {
            throw new StoreDamagedException("a record is too short");
        }
        CRC32C checksum = new CRC32C();
        checksum.update(record, 0, length);
        if ((int) checksum.getValue() != ByteBuffer.wrap(record).getInt(length)) {
            throw new StoreDamagedException("the checksum of a record is wrong");
        }
        this.bytes = ByteBuffer.wrap(record, 0, length).slice();
    }

    int u8() throws StoreDamagedException {
        return this.<Byte>checked(bytes::get) & 0xff;
    }

    int i32() throws StoreDamagedException {
        return checked(bytes::getInt);
    }

    long i64() throws StoreDamagedException {
        return checked(bytes::getLong);
    }

    boolean flag() throws StoreDamagedException {
        int value = u8();
        if (value > 1) {
            throw new StoreDamagedException("a record holds " + value + " where 0 or 1 is expected");
        }
        return value == 1;
    }

    /** A length or a count: what it counts takes at least one byte each. */
    int count() throws StoreDamagedException {
        int count = i32();
        if (count < 0 || count > bytes.remaining()) {
            throw new StoreDamagedException("a record announces more than it holds");
        }
        return count;
    }

    byte[] blob() throws StoreDamagedException {
        byte[] value = new byte[count()];
        bytes.get(value);
        return value;
    }

    String text() throws StoreDamagedException {
        return ByteBuffer.wrap(blob()).asCharBuffer().toString();
    }

    @Nullable String textOrNull() throws StoreDamagedException {
        return flag() ? text() : null;
    }

    UUID uuid() throws StoreDamagedException {
        long high = i64();
        return new UUID(high, i64());
    }

    @Nullable UUID uuidOrNull() throws StoreDamagedException {
        return flag() ? uuid() : null;
    }

    /** A map of provider data. */
    Map<String, Object> map() throws StoreDamagedException {
        if (u8() != 'm') {
            throw new StoreDamagedException("a record holds no map where one is expected");
        }
        return mapElements();
    }

    private Map<String, Object> mapElements() throws StoreDamagedException {
        int count = count();
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            map.put(text(), data());
        }
        return map;
    }

    private Object data() throws StoreDamagedException {
        int kind = u8();
        return switch (kind) {
            case 's' -> text();
            case 'i' -> i64();
            case 'd' -> Double.longBitsToDouble(i64());
            case 'b' -> flag();
            case 'l' -> {
                int count = count();
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    list.add(data());
                }
                yield list;
            }
            case 'm' -> mapElements();
            default -> throw new StoreDamagedException("a record holds data of an unknown kind " + kind);
        };
    }

    /** Nothing may be left. */
    void end() throws StoreDamagedException {
        if (bytes.hasRemaining()) {
            throw new StoreDamagedException("a record is longer than what it holds");
        }
    }

    private <T> T checked(Supplier<T> read) throws StoreDamagedException {
        try {
            return read.get();
        } catch (BufferUnderflowException e) {
            throw new StoreDamagedException("a record is cut off", e);
        }
    }
}
