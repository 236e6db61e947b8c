package io.sallyport.stack.shim;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** The application layer enforcement layers, asked for a flow's first packet and for the events of endpoints. */
@ConsumerType
public interface AleShim extends Shim {

    /**
     * ALE_RESOURCE_ASSIGNMENT: a new endpoint of an inside host (ALE-9, ALE-10).
     *
     * @param packet the packet that showed it
     * @param flow the flow that is being made
     * @param out is overwritten
     */
    void resourceAssignment(Packet packet, Flow flow, ClassifyOutcome out);

    /**
     * ALE_CONNECT_REDIRECT, before authorisation (REDIR-7).
     *
     * @param packet the first packet
     * @param flow the flow that is being made
     * @param out is overwritten
     */
    void connectRedirect(Packet packet, Flow flow, ClassifyOutcome out);

    /**
     * ALE_AUTH_CONNECT.
     *
     * @param packet the first packet, or the one that asks again
     * @param flow an outbound flow
     * @param isReauthorization sets IS_REAUTHORIZE and the reason (REAUTH-1)
     * @param out is overwritten
     */
    void connect(Packet packet, Flow flow, boolean isReauthorization, ClassifyOutcome out);

    /**
     * ALE_AUTH_LISTEN: a new TCP endpoint of an inside host that is being connected to (ALE-13).
     *
     * @param packet the packet that showed it
     * @param flow the flow that is being made
     * @param out is overwritten
     */
    void listen(Packet packet, Flow flow, ClassifyOutcome out);

    /**
     * ALE_AUTH_RECV_ACCEPT.
     *
     * @param packet the first packet, or the one that asks again
     * @param flow an inbound flow
     * @param isReauthorization sets IS_REAUTHORIZE and the reason (REAUTH-1)
     * @param out is overwritten
     */
    void accept(Packet packet, Flow flow, boolean isReauthorization, ClassifyOutcome out);

    /**
     * ALE_FLOW_ESTABLISHED: after the TCP handshake, else right after authorisation (ALE-11).
     *
     * @param packet the final ACK or the first datagram
     * @param flow the flow
     * @param out is overwritten
     */
    void flowEstablished(Packet packet, Flow flow, ClassifyOutcome out);

    /**
     * ALE_ENDPOINT_CLOSURE, once for each authorised TCP connection and each other endpoint (ALE-14).
     *
     * @param packet the packet that ended it, or null if time did
     * @param flow the flow that ends
     * @param out is overwritten; a block has no effect
     */
    void endpointClosure(@Nullable Packet packet, Flow flow, ClassifyOutcome out);

    /**
     * ALE_RESOURCE_RELEASE, mirrors each resource assignment (ALE-14).
     *
     * @param packet the packet that ended it, or null if time did
     * @param flow the last flow of the endpoint
     * @param out is overwritten; a block has no effect
     */
    void resourceRelease(@Nullable Packet packet, Flow flow, ClassifyOutcome out);
}
