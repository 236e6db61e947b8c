package io.sallyport.engine.internal.policy;

import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A filter as one registered callout sees it: with what this callout attached, and nothing of the version that it replaces
 * or is replaced by, whose classes it does not know (CALL-14). Immutable but for the attachment, which any thread may read
 * and write.
 */
public final class CalloutFilter implements RuntimeFilter {
    final int calloutIndex;
    final @Nullable CalloutFilter next;
    private final EngineFilter filter;
    /** Shared by copies of this object that differ in {@link #next} only. */
    private final Attachment attachment;

    CalloutFilter(EngineFilter filter, int calloutIndex, @Nullable CalloutFilter next) {
        this(filter, calloutIndex, next, new Attachment());
    }

    private CalloutFilter(EngineFilter filter, int calloutIndex, @Nullable CalloutFilter next, Attachment attachment) {
        this.filter = filter;
        this.calloutIndex = calloutIndex;
        this.next = next;
        this.attachment = attachment;
    }

    /** The same with another rest of the list. */
    CalloutFilter before(@Nullable CalloutFilter rest) {
        return new CalloutFilter(filter, calloutIndex, rest, attachment);
    }

    @Override
    public long id() {
        return filter.id();
    }

    @Override
    public UUID key() {
        return filter.key();
    }

    @Override
    public Layer layer() {
        return filter.layer();
    }

    @Override
    public long weight() {
        return filter.weight();
    }

    @Override
    public int sublayerWeight() {
        return filter.sublayerWeight();
    }

    @Override
    public ActionType action() {
        return filter.action();
    }

    @Override
    public boolean hasClearActionRight() {
        return filter.hasClearActionRight();
    }

    @Override
    public long rawContext() {
        return filter.rawContext();
    }

    @Override
    public Map<String, Object> providerContext() {
        return filter.providerContext();
    }

    @Override
    public @Nullable Object attachment() {
        return attachment.value;
    }

    @Override
    public void attach(@Nullable Object value) {
        attachment.value = value;
    }

    @Override
    public String toString() {
        return filter.toString();
    }

    private static final class Attachment {
        private volatile @Nullable Object value;
    }
}
