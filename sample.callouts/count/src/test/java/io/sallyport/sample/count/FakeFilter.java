package io.sallyport.sample.count;

import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A filter with a layer and a context. */
final class FakeFilter implements RuntimeFilter {

    private final Layer layer;
    private final Map<String, Object> context;
    ActionType action = ActionType.CALLOUT_UNKNOWN;

    @Nullable Object attachment;

    FakeFilter(Layer layer, Map<String, Object> context) {
        this.layer = layer;
        this.context = context;
    }

    @Override
    public long id() {
        return 1;
    }

    @Override
    public UUID key() {
        return new UUID(0, 1);
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
        return false;
    }

    @Override
    public long rawContext() {
        return 0;
    }

    @Override
    public Map<String, Object> providerContext() {
        return context;
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
