package io.sallyport.callout;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Puts bytes into streams from outside of classify, and continues what was deferred: out-of-band editing (STR-13). The usual
 * way: {@linkplain LayerData#copyTo copy} everything that is shown, block all of it, and inject later, from any thread, what is
 * to arrive. The end of a stream, which is shown without bytes, can be blocked too; it then waits for an injection with the
 * disconnect flag.
 *
 * <p>Any thread; nothing blocks. The work is done by the worker that owns the flow, between two packets. Errors are answers.
 */
@ProviderType
public interface StreamInjection {

    /** Where there is no data path: everything is refused. */
    StreamInjection NOWHERE = new StreamInjection() {
        @Override
        public CalloutHost.Status inject(
                long flowId,
                int streamFlags,
                byte[] source,
                int offset,
                int lengthBytes,
                @Nullable InjectionCompletion completion) {
            return CalloutHost.Status.TCPIP_NOT_READY;
        }

        @Override
        public CalloutHost.Status continueStream(long flowId) {
            return CalloutHost.Status.TCPIP_NOT_READY;
        }
    };

    /**
     * Injects behind what this callout has answered for on that direction. It is not shown to this callout nor to heavier ones,
     * but to lighter ones (STR-14). A callout that injects like this must not use {@link StreamData#inject} on the same flow
     * (STR-13).
     *
     * @param flowId see {@link FlowHandle#id()}
     * @param streamFlags {@link StreamFlags#SEND} or {@link StreamFlags#RECEIVE}, mandatory; with the disconnect flag of the same
     *     direction the end of the stream follows, which its sender must have sent and this callout blocked (STR-15)
     * @param source copied
     * @param offset of the first byte
     * @param lengthBytes how many; at most {@link StreamData#MAX_INJECTED_BYTES}; 0 only with the disconnect flag
     * @param completion told once if the answer is SUCCESS: SUCCESS when the bytes are in the stream, NOT_FOUND if the flow or its
     *     stream has ended, ACCESS_DENIED if this callout was not asked about the flow or edits it in band,
     *     INSUFFICIENT_RESOURCES if the stream holds too much, INVALID_PARAMETER if there is no end to let go; not called for an
     *     injection without bytes
     * @return SUCCESS if it is on its way; else nothing happens and nobody is told
     */
    CalloutHost.Status inject(
            long flowId,
            int streamFlags,
            byte[] source,
            int offset,
            int lengthBytes,
            @Nullable InjectionCompletion completion);

    /**
     * Continues the inbound stream of a flow that a callout {@linkplain StreamData#defer deferred} (STR-11): what has come
     * meanwhile is shown.
     *
     * @param flowId see {@link FlowHandle#id()}
     * @return SUCCESS once the worker is told; a flow that is not deferred is no error
     */
    CalloutHost.Status continueStream(long flowId);
}
