package io.sallyport.policy;

import io.sallyport.layer.DataType;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;

/**
 * A typed value (FWP_VALUE and FWP_CONDITION_VALUE). There is no widening anywhere: a UINT16 never compares with a UINT32
 * (COND-5). Immutable.
 */
public sealed interface Value {

    /**
     * The value's type.
     *
     * @return never null
     */
    DataType type();

    /**
     * Whatever is in a {@link PolicySet}: EQUAL takes it, NOT_EQUAL all other values. Not a type of WFP; it counts as a GUID.
     *
     * @param set the key of the set
     * @param kind what the set must hold
     */
    record InSet(UUID set, SetKind kind) implements Value {
        /** Checks for null. */
        public InSet {
            Objects.requireNonNull(set, "set");
            Objects.requireNonNull(kind, "kind");
        }

        @Override
        public DataType type() {
            return DataType.BYTE_ARRAY16;
        }

        @Override
        public String toString() {
            return "set " + set;
        }
    }

    /** The value that is not there; matches a field that is not known (COND-14). */
    record Empty() implements Value {
        @Override
        public DataType type() {
            return DataType.EMPTY;
        }
    }

    /**
     * An integer or floating point number.
     *
     * @param type UINT8..UINT64, INT8..INT64, FLOAT or DOUBLE
     * @param bits unsigned types zero-extended, signed ones sign-extended, floating point as raw bits
     */
    record Number(DataType type, long bits) implements Value {
        /** Checks that the bits fit the type. */
        public Number {
            if (!fits(type, bits)) {
                throw new IllegalArgumentException(Long.toUnsignedString(bits) + " does not fit " + type);
            }
        }

        private static boolean fits(DataType type, long bits) {
            return switch (type) {
                case UINT8 -> bits >>> 8 == 0;
                case UINT16 -> bits >>> 16 == 0;
                case UINT32, FLOAT -> bits >>> 32 == 0;
                case INT8 -> bits == (byte) bits;
                case INT16 -> bits == (short) bits;
                case INT32 -> bits == (int) bits;
                case UINT64, INT64, DOUBLE -> true;
                default -> false;
            };
        }
    }

    /** Bytes: BYTE_ARRAY16, BYTE_ARRAY6, BYTE_BLOB, SID or SECURITY_DESCRIPTOR. */
    final class Bytes implements Value {
        private final DataType type;
        private final byte[] bytes;

        /**
         * Copies bytes.
         *
         * @param type one of the types above
         * @param bytes 16 or 6 for the two arrays, any number else
         */
        public Bytes(DataType type, byte[] bytes) {
            int wanted = switch (type) {
                case BYTE_ARRAY16 -> 16;
                case BYTE_ARRAY6 -> 6;
                case BYTE_BLOB, SID, SECURITY_DESCRIPTOR -> bytes.length;
                default -> -1;
            };
            if (wanted != bytes.length) {
                throw new IllegalArgumentException(bytes.length + " bytes do not fit " + type);
            }
            this.type = type;
            this.bytes = bytes.clone();
        }

        @Override
        public DataType type() {
            return type;
        }

        /**
         * The bytes.
         *
         * @return a copy
         */
        public byte[] bytes() {
            return bytes.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes that && type == that.type && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return 31 * type.hashCode() + Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return type + "[" + java.util.HexFormat.of().formatHex(bytes) + "]";
        }
    }

    /**
     * A string (UNICODE_STRING).
     *
     * @param text not null
     */
    record Text(String text) implements Value {
        /** Checks for null. */
        public Text {
            Objects.requireNonNull(text, "text");
        }

        @Override
        public DataType type() {
            return DataType.UNICODE_STRING;
        }
    }

    /**
     * An IPv4 address and mask (V4_ADDR_MASK), both in host order (COND-10). Any mask can be stored.
     *
     * @param address the address
     * @param mask the mask
     */
    record V4AddressMask(int address, int mask) implements Value {
        @Override
        public DataType type() {
            return DataType.V4_ADDR_MASK;
        }
    }

    /**
     * An IPv6 address and prefix length (V6_ADDR_MASK). A length above 128 can be held, so that the BFE can refuse it
     * with INVALID_NET_MASK (COND-10).
     *
     * @param high bytes 0..7 of the address
     * @param low bytes 8..15 of the address
     * @param prefixLength bits
     */
    record V6AddressMask(long high, long low, int prefixLength) implements Value {
        @Override
        public DataType type() {
            return DataType.V6_ADDR_MASK;
        }
    }

    /**
     * An inclusive range (RANGE, COND-8).
     *
     * @param low the lower end
     * @param high the upper end; the BFE refuses ends of different type or the wrong order with INVALID_RANGE
     */
    record Range(Value low, Value high) implements Value {
        @Override
        public DataType type() {
            return DataType.RANGE;
        }
    }

    /**
     * The empty value.
     *
     * @return a value of type EMPTY
     */
    static Value empty() {
        return new Empty();
    }

    /**
     * An unsigned 8-bit number.
     *
     * @param value 0..255
     * @return a value of type UINT8
     */
    static Value uint8(int value) {
        return new Number(DataType.UINT8, value);
    }

    /**
     * An unsigned 16-bit number, e.g. a port.
     *
     * @param value 0..65535
     * @return a value of type UINT16
     */
    static Value uint16(int value) {
        return new Number(DataType.UINT16, value);
    }

    /**
     * An unsigned 32-bit number, e.g. an IPv4 address in host order (COND-11).
     *
     * @param value 0..2^32-1
     * @return a value of type UINT32
     */
    static Value uint32(long value) {
        return new Number(DataType.UINT32, value);
    }

    /**
     * An unsigned 64-bit number.
     *
     * @param value all 64 bits count
     * @return a value of type UINT64
     */
    static Value uint64(long value) {
        return new Number(DataType.UINT64, value);
    }

    /**
     * An IPv6 address.
     *
     * @param address 16 bytes in network order
     * @return a value of type BYTE_ARRAY16
     */
    static Value address6(byte[] address) {
        return new Bytes(DataType.BYTE_ARRAY16, address);
    }

    /**
     * An inclusive range.
     *
     * @param low the lower end
     * @param high the upper end, of the same type
     * @return a value of type RANGE
     */
    static Value range(Value low, Value high) {
        return new Range(low, high);
    }
}
