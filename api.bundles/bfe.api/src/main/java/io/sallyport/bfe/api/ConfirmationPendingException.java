package io.sallyport.bfe.api;

import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;

/** A commit is refused because another one has to be confirmed or taken back first. */
public final class ConfirmationPendingException extends PolicyException {
    private static final long serialVersionUID = 1;

    /**
     * A refusal.
     *
     * @param message which commit is in the way, and what to do
     */
    public ConfirmationPendingException(String message) {
        super(WfpError.IN_USE, message);
    }
}
