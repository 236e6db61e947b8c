package io.sallyport.stack.shim;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import org.osgi.annotation.versioning.ConsumerType;

/** The STREAM layers (STR-1). */
@ConsumerType
public interface StreamShim extends Shim {

    /**
     * Tells whether any stream filter could match this flow; if not, the stack need not track its streams.
     *
     * @param flow a TCP flow
     * @return false: no indication is needed under the pinned policy
     */
    boolean couldMatch(Flow flow);

    /**
     * A number that changes with the policy of the stream layers.
     *
     * @param flow a TCP flow
     * @return see {@link io.sallyport.engine.api.Classifier#generation}
     */
    int generation(Flow flow);

    /**
     * Judges a piece of a stream.
     *
     * @param packet the segment that brought its last byte, or the FIN or RST
     * @param flow its flow
     * @param stream the piece
     * @param out is overwritten
     */
    void indicate(Packet packet, Flow flow, StreamIndication stream, ClassifyOutcome out);
}
