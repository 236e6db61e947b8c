package io.sallyport.stack.shim.testing;

import io.sallyport.engine.api.LayerValues;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values that insist on the layer's schema: type and range of everything that is set. Does not allocate. */
public final class RecordedValues implements LayerValues {

    private final Layer layer;
    private final boolean[] isSet;
    private final long[] high;
    private final long[] low;

    RecordedValues(Layer layer) {
        this.layer = layer;
        int size = layer.schema().size();
        isSet = new boolean[size];
        high = new long[size];
        low = new long[size];
    }

    /** The fields that are not EMPTY. */
    public Set<Field> known() {
        Set<Field> known = EnumSet.noneOf(Field.class);
        for (FieldSpec spec : layer.schema()) {
            if (isSet[spec.index()]) {
                known.add(spec.field());
            }
        }
        return known;
    }

    @Override
    public Layer layer() {
        return layer;
    }

    @Override
    public DataType type(Field field) {
        int index = layer.fieldIndex(field);
        return index < 0 || !isSet[index]
                ? DataType.EMPTY
                : layer.schema().get(index).type();
    }

    @Override
    public long number(Field field) {
        return type(field) == DataType.EMPTY ? 0 : low[layer.fieldIndex(field)];
    }

    @Override
    public long high64(Field field) {
        return type(field) == DataType.EMPTY ? 0 : high[layer.fieldIndex(field)];
    }

    @Override
    public long low64(Field field) {
        return number(field);
    }

    @Override
    public @Nullable Object object(Field field) {
        return null;
    }

    @Override
    public void clear() {
        Arrays.fill(isSet, false);
    }

    @Override
    public void setNumber(int index, long value) {
        if (index == -1) {
            return;
        }
        int bits = switch (layer.schema().get(index).type()) {
            case UINT8 -> 8;
            case UINT16 -> 16;
            case UINT32 -> 32;
            case BYTE_ARRAY6 -> 48;
            case UINT64 -> 63;
            default -> throw new AssertionError(layer.schema().get(index) + " is no number");
        };
        if (value >>> bits != 0) {
            throw new AssertionError(value + " does not fit " + layer.schema().get(index));
        }
        isSet[index] = true;
        low[index] = value;
    }

    @Override
    public void setBytes16(int index, long newHigh, long newLow) {
        if (index == -1) {
            return;
        }
        if (layer.schema().get(index).type() != DataType.BYTE_ARRAY16) {
            throw new AssertionError(layer.schema().get(index) + " has no 16 bytes");
        }
        isSet[index] = true;
        high[index] = newHigh;
        low[index] = newLow;
    }

    @Override
    public void setObject(int index, @Nullable Object value) {
        throw new AssertionError("a gateway knows no objects");
    }

    @Override
    public void setEmpty(int index) {
        if (index != -1) {
            isSet[index] = false;
        }
    }
}
