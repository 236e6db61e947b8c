package io.sallyport.callout.testkit;

import io.sallyport.callout.Callout;
import io.sallyport.callout.FlowHandle;
import io.sallyport.layer.Layer;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A flow, as the place for the contexts of the one callout that is tested. */
public final class FakeFlow implements FlowHandle {

    private final long id;
    private boolean isAborted;
    private final Map<Layer, Object> contexts = new EnumMap<>(Layer.class);

    /**
     * A flow without contexts.
     *
     * @param id a positive number
     */
    public FakeFlow(long id) {
        this.id = id;
    }

    /**
     * Ends the flow: tells the callout of each of its contexts once, as the gateway does (FLOW-3).
     *
     * @param callout the callout that is tested
     */
    public void end(Callout callout) {
        Map<Layer, Object> ended = new EnumMap<>(contexts);
        contexts.clear();
        ended.forEach((layer, context) -> callout.flowDelete(layer, id, context));
    }

    /**
     * Tells whether the callout killed the flow (FLOW-6); a test then {@linkplain #end ends} it.
     *
     * @return true after {@link #abort}
     */
    public boolean isAborted() {
        return isAborted;
    }

    @Override
    public Status abort() {
        isAborted = true;
        return Status.SUCCESS;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public Status associate(Layer layer, Object context) {
        return contexts.putIfAbsent(layer, context) == null ? Status.SUCCESS : Status.OBJECT_NAME_EXISTS;
    }

    @Override
    public @Nullable Object context(Layer layer) {
        return contexts.get(layer);
    }

    /** Removes a context; unlike the gateway, this does not call {@link Callout#flowDelete}. */
    @Override
    public Status remove(Layer layer) {
        return contexts.remove(layer) == null ? Status.UNSUCCESSFUL : Status.SUCCESS;
    }
}
