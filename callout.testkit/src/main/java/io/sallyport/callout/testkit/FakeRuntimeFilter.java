package io.sallyport.callout.testkit;

import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A filter that calls a callout: {@code CALLOUT_UNKNOWN} with id 1 and weight 0, unless a test says otherwise. Attaching is
 * safe from any thread.
 */
public final class FakeRuntimeFilter implements RuntimeFilter {

    private final Layer layer;
    private final Map<String, Object> providerContext;
    private ActionType action = ActionType.CALLOUT_UNKNOWN;
    private long id = 1;
    private long rawContext;
    private boolean hasClearActionRight;
    private volatile @Nullable Object attachment;

    /**
     * A filter without provider context.
     *
     * @param layer where it lives
     */
    public FakeRuntimeFilter(Layer layer) {
        this(layer, Map.of());
    }

    /**
     * A filter with the data of a provider context.
     *
     * @param layer where it lives
     * @param providerContext what policy says under {@code data}, as {@link RuntimeFilter#providerContext} describes it
     */
    public FakeRuntimeFilter(Layer layer, Map<String, Object> providerContext) {
        this.layer = layer;
        this.providerContext = Map.copyOf(providerContext);
    }

    /**
     * Sets what the filter does.
     *
     * @param newAction one of the callout actions
     * @return this
     */
    public FakeRuntimeFilter setAction(ActionType newAction) {
        action = newAction;
        return this;
    }

    /**
     * Sets the run-time id, and with it the key.
     *
     * @param newId a positive number
     * @return this
     */
    public FakeRuntimeFilter setId(long newId) {
        id = newId;
        return this;
    }

    /**
     * Sets the raw context (OBJ-7).
     *
     * @param newContext any number
     * @return this
     */
    public FakeRuntimeFilter setRawContext(long newContext) {
        rawContext = newContext;
        return this;
    }

    /**
     * Sets whether the filter asks for a hard answer (ARB-10).
     *
     * @param newClearActionRight true if it does
     * @return this
     */
    public FakeRuntimeFilter setClearActionRight(boolean newClearActionRight) {
        hasClearActionRight = newClearActionRight;
        return this;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public UUID key() {
        return new UUID(0, id);
    }

    @Override
    public Layer layer() {
        return layer;
    }

    @Override
    public long weight() {
        return 0;
    }

    @Override
    public int sublayerWeight() {
        return 0;
    }

    @Override
    public ActionType action() {
        return action;
    }

    @Override
    public boolean hasClearActionRight() {
        return hasClearActionRight;
    }

    @Override
    public long rawContext() {
        return rawContext;
    }

    @Override
    public Map<String, Object> providerContext() {
        return providerContext;
    }

    @Override
    public @Nullable Object attachment() {
        return attachment;
    }

    @Override
    public void attach(@Nullable Object newAttachment) {
        attachment = newAttachment;
    }
}
