package io.sallyport.stack.shim;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.stack.api.Packet;
import org.osgi.annotation.versioning.ConsumerType;

/** INBOUND_MAC_FRAME_ETHERNET for frames that arrive, OUTBOUND_MAC_FRAME_ETHERNET for frames that leave (PATH-16). */
@ConsumerType
public interface MacShim extends Shim {

    /**
     * Judges a frame that came in by a port.
     *
     * @param packet the frame
     * @param out is overwritten
     */
    void arriving(Packet packet, ClassifyOutcome out);

    /**
     * Judges a frame that is about to leave by a port.
     *
     * @param packet the frame
     * @param out is overwritten
     */
    void leaving(Packet packet, ClassifyOutcome out);
}
