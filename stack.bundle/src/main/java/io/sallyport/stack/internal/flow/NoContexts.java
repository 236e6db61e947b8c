package io.sallyport.stack.internal.flow;

import io.sallyport.engine.api.FlowContexts;
import io.sallyport.layer.Layer;
import org.jspecify.annotations.Nullable;

/** The contexts of a flow while there is no engine to keep any. Stateless. */
final class NoContexts implements FlowContexts {

    static final NoContexts INSTANCE = new NoContexts();

    private NoContexts() {}

    @Override
    public void begin(long flowId) {}

    @Override
    public long id() {
        return 0;
    }

    @Override
    public Status associate(Layer layer, Object context) {
        return Status.INVALID_PARAMETER;
    }

    @Override
    public @Nullable Object context(Layer layer) {
        return null;
    }

    @Override
    public Status remove(Layer layer) {
        return Status.UNSUCCESSFUL;
    }

    @Override
    public Status abort() {
        return Status.UNSUCCESSFUL;
    }
}
