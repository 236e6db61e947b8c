package io.sallyport.engine.internal.policy;

import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.FilterFlags;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A filter as callouts see it. It lives as long as policy holds a filter of this id and content, across commits, and so
 * does what the callout attached. Immutable but for the attachment, which any thread may read and write.
 */
public final class EngineFilter implements RuntimeFilter {
    private final FilterImage image;
    private final int sublayerWeight;
    private final @Nullable String calloutName;
    private final int counterSlot;
    private volatile @Nullable Object attachment;

    EngineFilter(FilterImage image, int sublayerWeight, @Nullable String calloutName, int counterSlot) {
        this.image = image;
        this.sublayerWeight = sublayerWeight;
        this.calloutName = calloutName;
        this.counterSlot = counterSlot;
    }

    /** Tells whether this object can stand for a filter of a new policy. */
    boolean isFor(FilterImage other, int otherSublayerWeight, @Nullable String otherCalloutName) {
        return sublayerWeight == otherSublayerWeight
                && Objects.equals(calloutName, otherCalloutName)
                && image.equals(other);
    }

    FilterImage image() {
        return image;
    }

    /** The name under which the callout registers; null if the filter calls none. */
    public @Nullable String calloutName() {
        return calloutName;
    }

    /** Where workers count this filter; given back when it has left and all workers have been seen outside. */
    public int counterSlot() {
        return counterSlot;
    }

    @Override
    public long id() {
        return image.id();
    }

    @Override
    public UUID key() {
        return image.key();
    }

    @Override
    public Layer layer() {
        return image.layer();
    }

    @Override
    public long weight() {
        return image.weight();
    }

    @Override
    public int sublayerWeight() {
        return sublayerWeight;
    }

    @Override
    public ActionType action() {
        return image.action();
    }

    @Override
    public boolean hasClearActionRight() {
        return (image.flags() & FilterFlags.CLEAR_ACTION_RIGHT) != 0;
    }

    @Override
    public long rawContext() {
        return image.rawContext();
    }

    @Override
    public Map<String, Object> providerContext() {
        return image.providerContext();
    }

    @Override
    public @Nullable Object attachment() {
        return attachment;
    }

    @Override
    public void attach(@Nullable Object value) {
        attachment = value;
    }

    @Override
    public String toString() {
        return image.name();
    }
}
