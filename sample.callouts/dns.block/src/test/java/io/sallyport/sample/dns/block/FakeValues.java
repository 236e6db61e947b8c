package io.sallyport.sample.dns.block;

import io.sallyport.callout.IncomingValues;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import org.jspecify.annotations.Nullable;

/** Values of a layer, all empty. */
record FakeValues(Layer layer) implements IncomingValues {

    @Override
    public DataType type(Field field) {
        return DataType.EMPTY;
    }

    @Override
    public long number(Field field) {
        return 0;
    }

    @Override
    public long high64(Field field) {
        return 0;
    }

    @Override
    public long low64(Field field) {
        return 0;
    }

    @Override
    public @Nullable Object object(Field field) {
        return null;
    }
}
