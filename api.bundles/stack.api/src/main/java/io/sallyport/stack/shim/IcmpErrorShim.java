package io.sallyport.stack.shim;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** INBOUND_ and OUTBOUND_ICMP_ERROR (DISC-9). */
@ConsumerType
public interface IcmpErrorShim extends Shim {

    /**
     * Judges an ICMP error; {@code packet.quoted()} is not null.
     *
     * @param packet the error
     * @param quotedFlow the flow that the quoted packet belongs to, or null
     * @param out is overwritten
     */
    void icmpError(Packet packet, @Nullable Flow quotedFlow, ClassifyOutcome out);
}
