package io.sallyport.bfe.internal.disk;

import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Value;
import org.jspecify.annotations.Nullable;

/** Values and conditions as bytes. Constants go by the platform's codes and keys, which do not change with our enums. */
final class ValueCodec {
    private ValueCodec() {}

    static void write(RecordWriter out, Condition it) {
        out.uuid(it.field().key()).i32(it.match().code());
        write(out, it.value());
    }

    static Condition readCondition(RecordReader in) throws StoreDamagedException {
        Field field = known(Field.byKey(in.uuid()), "field");
        MatchType match = known(MatchType.byCode(in.i32()), "match type");
        return new Condition(field, match, read(in));
    }

    /** Not a type of the platform, and none of its codes. */
    private static final int SET_CODE = 0x5e7;

    static void write(RecordWriter out, Value value) {
        if (value instanceof Value.InSet it) {
            out.i32(SET_CODE).uuid(it.set()).flag(it.kind() == SetKind.PORTS);
            return;
        }
        out.i32(value.type().code());
        if (value instanceof Value.Number it) {
            out.i64(it.bits());
        } else if (value instanceof Value.Bytes it) {
            out.blob(it.bytes());
        } else if (value instanceof Value.Text it) {
            out.text(it.text());
        } else if (value instanceof Value.V4AddressMask it) {
            out.i32(it.address()).i32(it.mask());
        } else if (value instanceof Value.V6AddressMask it) {
            out.i64(it.high()).i64(it.low()).i32(it.prefixLength());
        } else if (value instanceof Value.Range it) {
            write(out, it.low());
            write(out, it.high());
        } else if (!(value instanceof Value.Empty)) {
            throw new IllegalArgumentException("unknown value " + value);
        }
    }

    static Value read(RecordReader in) throws StoreDamagedException {
        int code = in.i32();
        if (code == SET_CODE) {
            return new Value.InSet(in.uuid(), in.flag() ? SetKind.PORTS : SetKind.ADDRESSES);
        }
        DataType type = known(DataType.byCode(code), "data type");
        return switch (type) {
            case EMPTY -> Value.empty();
            case UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT, DOUBLE ->
                new Value.Number(type, in.i64());
            case BYTE_ARRAY16, BYTE_ARRAY6, BYTE_BLOB, SID, SECURITY_DESCRIPTOR -> new Value.Bytes(type, in.blob());
            case UNICODE_STRING -> new Value.Text(in.text());
            case V4_ADDR_MASK -> new Value.V4AddressMask(in.i32(), in.i32());
            case V6_ADDR_MASK -> new Value.V6AddressMask(in.i64(), in.i64(), in.i32());
            case RANGE -> new Value.Range(read(in), read(in));
            case TOKEN_INFORMATION, TOKEN_ACCESS_INFORMATION ->
                throw new StoreDamagedException(
                        "a record holds a value of type " + type + ", which no filter can have");
        };
    }

    static <T> T known(@Nullable T constant, String what) throws StoreDamagedException {
        if (constant == null) {
            throw new StoreDamagedException("a record names a " + what + " that this version does not know");
        }
        return constant;
    }
}
