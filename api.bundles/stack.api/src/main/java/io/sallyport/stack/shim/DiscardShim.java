package io.sallyport.stack.shim;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** The discard layers: shown what was refused at their twin, or by the stack itself (DISC-1, DISC-2). */
@ConsumerType
public interface DiscardShim extends Shim {

    /**
     * Shows a refused item. A block there matters only where the stack would answer the sender (DISC-3).
     *
     * @param packet the item
     * @param refusedAt the layer that blocked, or at which the stack gave up; layers without a discard twin are ignored
     * @param reason why
     * @param flow its flow, or null
     * @param out is overwritten
     */
    void discarded(Packet packet, Layer refusedAt, DropReason reason, @Nullable Flow flow, ClassifyOutcome out);
}
