package io.sallyport.engine.internal.match;

import io.sallyport.engine.api.LayerValues;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.layer.LayerSchema;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The values of one layer in arrays, one slot for each field of the schema. Owned by one worker. Beside each number lies
 * its {@link OrderedKey}, made when it is set, so that matching compares without asking for types.
 */
public final class ValueRecord implements LayerValues {
    private final Layer layer;
    private final LayerSchema schema;
    private final DataType[] types;
    private final boolean[] isPresent;
    private final long[] high;
    private final long[] low;
    private final long[] highKey;
    private final long[] lowKey;
    private final @Nullable Object[] objects;

    public ValueRecord(Layer layer) {
        this(layer, layer.schema().fields().stream().map(FieldSpec::type).toArray(DataType[]::new));
    }

    /** Values of any types, also of those that no layer has today. */
    ValueRecord(Layer layer, DataType... types) {
        int size = types.length;
        this.layer = layer;
        this.schema = layer.schema();
        this.types = types;
        this.isPresent = new boolean[size];
        this.high = new long[size];
        this.low = new long[size];
        this.highKey = new long[size];
        this.lowKey = new long[size];
        this.objects = new Object[size];
    }

    @Override
    public void clear() {
        Arrays.fill(isPresent, false);
        Arrays.fill(objects, null);
    }

    @Override
    public void setNumber(int index, long value) {
        if (index >= 0) {
            isPresent[index] = true;
            high[index] = 0;
            low[index] = value;
            highKey[index] = OrderedKey.ofUnsigned(0);
            lowKey[index] = OrderedKey.of(types[index], value);
        }
    }

    @Override
    public void setBytes16(int index, long highBytes, long lowBytes) {
        if (index >= 0) {
            isPresent[index] = true;
            high[index] = highBytes;
            low[index] = lowBytes;
            highKey[index] = OrderedKey.ofUnsigned(highBytes);
            lowKey[index] = OrderedKey.ofUnsigned(lowBytes);
        }
    }

    @Override
    public void setObject(int index, @Nullable Object value) {
        if (index >= 0) {
            isPresent[index] = value != null;
            objects[index] = value;
        }
    }

    @Override
    public void setEmpty(int index) {
        if (index >= 0) {
            isPresent[index] = false;
            objects[index] = null;
        }
    }

    @Override
    public Layer layer() {
        return layer;
    }

    @Override
    public DataType type(Field field) {
        int index = schema.indexOf(field);
        return index >= 0 && isPresent[index] ? types[index] : DataType.EMPTY;
    }

    @Override
    public long number(Field field) {
        int index = schema.indexOf(field);
        return index >= 0 && isPresent[index] ? low[index] : 0;
    }

    @Override
    public long high64(Field field) {
        int index = schema.indexOf(field);
        return index >= 0 && isPresent[index] ? high[index] : 0;
    }

    @Override
    public long low64(Field field) {
        return number(field);
    }

    @Override
    public @Nullable Object object(Field field) {
        int index = schema.indexOf(field);
        return index >= 0 ? objects[index] : null;
    }

    boolean isPresent(int index) {
        return isPresent[index];
    }

    long bits(int index) {
        return low[index];
    }

    long highKey(int index) {
        return highKey[index];
    }

    long lowKey(int index) {
        return lowKey[index];
    }

    @Nullable Object object(int index) {
        return objects[index];
    }
}
