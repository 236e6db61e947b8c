package io.sallyport.stack.shim;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
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
     * Shows a refused item. What filters say there matters only where the sender may get an answer (DISC-3): a permit makes
     * the gateway answer what policy refused, a block keeps it from answering what it dropped itself.
     *
     * @param packet the item
     * @param refusedAt the layer that blocked, or at which the stack gave up; layers without a discard twin are ignored
     * @param reason why
     * @param filter the filter that refused it, or null if none did
     * @param flow its flow, or null
     * @param out is overwritten
     */
    void discarded(
            Packet packet,
            Layer refusedAt,
            DropReason reason,
            @Nullable FilterTag filter,
            @Nullable Flow flow,
            ClassifyOutcome out);
}
