package io.sallyport.callout;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Whiteboard service: learns of every change of the base filtering engine's state (BOOT-5). A listener gets the current
 * state when it arrives and every change after it, in order and one at a time, on a management thread. It should return
 * soon; {@link BfeState#STOP_PENDING} is the moment to clean up (BOOT-6).
 */
@ConsumerType
@FunctionalInterface
public interface BfeStateListener {

    /**
     * Tells the state.
     *
     * @param state the state from now on
     */
    void bfeStateChanged(BfeState state);
}
