package io.sallyport.callout;

import org.osgi.annotation.versioning.ProviderType;

/**
 * What {@link CalloutHost#pend} answers: the completion handle of an operation (FwpsPendOperation0) or of a classify
 * (FwpsPendClassify0). May be kept. While an item is pended its first packet is held and all other packets of the flow are
 * dropped (PEND-6); that lasts {@value #MOST_SECONDS} s at most, then the packet is dropped as {@code pend-timeout}.
 */
@ProviderType
public interface PendedItem {

    /** So long may an item be pended. */
    int MOST_SECONDS = 30;

    /** How a classify pend is completed. */
    enum Outcome {
        /** No outcome: the item is classified again (PEND-7). The only one for operations. */
        RECLASSIFY,
        /** Final (PEND-7): goes on behind this layer. Of CONNECT_REDIRECT only. */
        PERMIT,
        /** Final: the packet is dropped. Of CONNECT_REDIRECT only. */
        BLOCK
    }

    /**
     * Tells whether the item may be pended.
     *
     * @return SUCCESS, CANNOT_PEND, or why the door is closed
     */
    CalloutHost.Status status();

    /**
     * Completes the item. Any thread; from inside the classify that pended it, it takes effect after that.
     *
     * <p>A pended connect is reauthorised at once, with the held packet: the decision is given there (PEND-4). A pended accept
     * is not: the held packet is injected for the callout, as {@link InjectionState#INJECTED_BY_SELF}, and classified as new
     * from INBOUND_IPPACKET on; permitting it authorises the flow (PEND-5). Assignment and listen are classified again. A
     * callout finds its own state again by the flow's values or its context.
     *
     * @param outcome see there
     * @return SUCCESS; ALREADY_COMPLETE the second time; NOT_FOUND if it was never pended; INVALID_PARAMETER for an outcome
     *     that an operation cannot have; INSUFFICIENT_RESOURCES if the inbox is full: try again. An item that timed out, or
     *     whose flow ended, before the worker took the completion is no error
     */
    CalloutHost.Status complete(Outcome outcome);
}
