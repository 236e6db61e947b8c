package io.sallyport.stack.shim;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.stack.api.DropReason;
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
     * @param madeFor why the gateway dropped the quoted packet and made this error itself; null for one that came by
     * @param out is overwritten
     */
    void icmpError(Packet packet, @Nullable Flow quotedFlow, @Nullable DropReason madeFor, ClassifyOutcome out);
}
