package io.sallyport.callout.testkit;

import io.sallyport.callout.IncomingValues;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import org.jspecify.annotations.Nullable;

/**
 * The values of a layer. All are empty until a test sets them, and have the types of the layer's schema then. Reading does
 * not allocate and is safe on several threads while nobody sets.
 */
public final class FakeLayerValues implements IncomingValues {

    private final Layer layer;
    private final boolean[] isSet;
    private final long[] high;
    private final long[] low;
    private final @Nullable Object[] objects;

    /**
     * Empty values.
     *
     * @param layer the layer that is classified
     */
    public FakeLayerValues(Layer layer) {
        this.layer = layer;
        int size = layer.schema().size();
        isSet = new boolean[size];
        high = new long[size];
        low = new long[size];
        objects = new Object[size];
    }

    /**
     * Sets an integer, an IPv4 address or a MAC address.
     *
     * @param field a field of the layer
     * @param value as {@link #number} is to read it
     * @return this
     * @throws IllegalArgumentException if the layer does not have the field
     */
    public FakeLayerValues setNumber(Field field, long value) {
        low[set(field)] = value;
        return this;
    }

    /**
     * Sets a value of 16 bytes, such as an IPv6 address.
     *
     * @param field a field of the layer
     * @param high64 bytes 0..7, big-endian
     * @param low64 bytes 8..15, big-endian
     * @return this
     * @throws IllegalArgumentException if the layer does not have the field
     */
    public FakeLayerValues setBytes16(Field field, long high64, long low64) {
        int index = set(field);
        high[index] = high64;
        low[index] = low64;
        return this;
    }

    /**
     * Sets a blob, SID, string or token.
     *
     * @param field a field of the layer
     * @param value {@code byte[]}, {@code String} or {@link io.sallyport.policy.AccessToken}; not copied
     * @return this
     * @throws IllegalArgumentException if the layer does not have the field
     */
    public FakeLayerValues setObject(Field field, Object value) {
        objects[set(field)] = value;
        return this;
    }

    private int set(Field field) {
        int index = layer.fieldIndex(field);
        if (index < 0) {
            throw new IllegalArgumentException(layer.policyName() + " has no field " + field.policyName());
        }
        isSet[index] = true;
        high[index] = 0;
        low[index] = 0;
        objects[index] = null;
        return index;
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
        return type(field) == DataType.BYTE_ARRAY16 ? 0 : low64(field);
    }

    @Override
    public long high64(Field field) {
        int index = layer.fieldIndex(field);
        return index < 0 ? 0 : high[index];
    }

    @Override
    public long low64(Field field) {
        int index = layer.fieldIndex(field);
        return index < 0 ? 0 : low[index];
    }

    @Override
    public @Nullable Object object(Field field) {
        int index = layer.fieldIndex(field);
        return index < 0 ? null : objects[index];
    }
}
