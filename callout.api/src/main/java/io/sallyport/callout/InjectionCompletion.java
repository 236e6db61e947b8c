package io.sallyport.callout;

import org.osgi.annotation.versioning.ConsumerType;

/** Told exactly once what became of an accepted injection (INJ-11). */
@ConsumerType
@FunctionalInterface
public interface InjectionCompletion {

    /**
     * The packet was handled: it left, or is held, or policy dropped it. The buffer is the gateway's. Called by the worker,
     * between packets: as quick as a classify. What it throws is counted as a fault of the callout.
     *
     * @param status SUCCESS; DATA_NOT_ACCEPTED if it was malformed or injected too often; INJECT_HANDLE_CLOSING or
     *     TCPIP_NOT_READY if callout or data path went first
     */
    void injected(CalloutHost.Status status);
}
