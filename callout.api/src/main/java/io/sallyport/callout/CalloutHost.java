package io.sallyport.callout;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A callout instance's door into the packet path: injection, pending, redirection, and the end of flows. Handed over by
 * {@link Callout#open} before the first classify, and good until the instance is given back.
 *
 * <p><b>Threads.</b> What takes an {@link IncomingMetadata} is about the item that is being classified and works only
 * inside that {@link Callout#classify}, on its thread. Everything else may be called from any thread at any time. Nothing
 * blocks. What changes the path is put into the bounded inbox of the worker that owns the flow and is done there between
 * two packets; from inside a classify that means after the present packet (INJ-10).
 *
 * <p><b>Errors</b> are answers, never exceptions: a full inbox is {@link Status#INSUFFICIENT_RESOURCES}, a callout that is
 * not registered any more {@link Status#INJECT_HANDLE_CLOSING}, a gateway without a data path {@link Status#TCPIP_NOT_READY}.
 */
@ProviderType
public interface CalloutHost {

    /** Answers of the door; the names are those of the NTSTATUS values they stand for. */
    enum Status {
        /** Done, or accepted and on its way. */
        SUCCESS,
        /** An argument makes no sense, or the call came at a wrong moment, e.g. outside of the classify it is about. */
        INVALID_PARAMETER,
        /** A limit is reached: buffers of this callout or of all, or places in the worker's inbox. */
        INSUFFICIENT_RESOURCES,
        /** This callout is not registered any more: its door is closed (STATUS_FWP_INJECT_HANDLE_CLOSING). */
        INJECT_HANDLE_CLOSING,
        /** There is no data path, or it has closed (STATUS_FWP_TCPIP_NOT_READY). */
        TCPIP_NOT_READY,
        /** This item cannot be pended, or no more can (STATUS_FWP_CANNOT_PEND). */
        CANNOT_PEND,
        /** The flow, or the pended item, is no more. */
        NOT_FOUND,
        /** Done before: a completion or an application happens once. */
        ALREADY_COMPLETE,
        /** In a completion: the injected packet is malformed, or was sent round too often. */
        DATA_NOT_ACCEPTED,
        /** The callout may not do this, e.g. redirect again what it redirected before (REDIR-5). */
        ACCESS_DENIED,
        /** The redirect target is used by another flow of the same local endpoint. */
        ADDRESS_ALREADY_EXISTS,
        /** The redirect target is not reachable by the port that the flow leaves by. */
        HOST_UNREACHABLE
    }

    /**
     * Clones and injects packets (INJ-1 to INJ-14).
     *
     * @return always the same
     */
    PacketInjection packets();

    /**
     * Injects into streams from outside of classify, and continues deferred ones (STR-11 to STR-15).
     *
     * @return always the same
     */
    default StreamInjection streams() {
        return StreamInjection.NOWHERE;
    }

    /**
     * Pends the operation that is being classified: at RESOURCE_ASSIGNMENT, AUTH_LISTEN, AUTH_CONNECT, AUTH_RECV_ACCEPT
     * (an operation pend) and CONNECT_REDIRECT (a classify pend); elsewhere, and in a reauthorisation, the answer's status
     * is {@link Status#CANNOT_PEND} (PEND-1, REAUTH-7). The callout must also {@linkplain ClassifyOut#block() block},
     * {@linkplain ClassifyOut#absorb() absorb} and {@linkplain ClassifyOut#clearWriteRight() clear the right} (PEND-2), and
     * must have the right to begin with (PEND-3). If arbitration ends otherwise the item was not pended and completing it
     * says {@link Status#NOT_FOUND}.
     *
     * @param metadata what the running classify was handed
     * @return never null; ask for its {@link PendedItem#status() status}
     */
    PendedItem pend(IncomingMetadata metadata);

    /**
     * Tells who redirected the connection that is being classified (REDIR-5).
     *
     * @param metadata what the running classify was handed
     * @return {@link RedirectState#NOT_REDIRECTED} also where there is nothing to redirect
     */
    RedirectState redirectState(IncomingMetadata metadata);

    /**
     * Acquires the writable copy of a connection's remote end, at CONNECT_REDIRECT only (REDIR-1). It must be given back by
     * {@link WritableConnection#apply}, changed or not, before classify returns (REDIR-3); else nothing changes. Who pends
     * this layer redirects when it is classified again. Filters that redirect should permit.
     *
     * @param metadata what the running classify was handed
     * @return null if there is no such connection, or this callout redirected it before and another one after it (REDIR-5)
     */
    @Nullable WritableConnection acquireWritableConnection(IncomingMetadata metadata);

    /**
     * Kills a flow (FLOW-6): its contexts are deleted, and its packets dropped from then on, both ways.
     *
     * @param flowId see {@link FlowHandle#id()}
     * @return {@link Status#SUCCESS} once the worker is told; a flow that has ended meanwhile is no error
     */
    Status abortFlow(long flowId);
}
