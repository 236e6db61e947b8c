package io.sallyport.policy;

import java.io.Serial;

/** A refusal by the base filtering engine: nothing was changed by the call that threw it. */
public class PolicyException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final WfpError error;

    /**
     * Refuses.
     *
     * @param error WFP's name for the reason
     * @param message the object, what is wrong with it, and what would be right
     */
    public PolicyException(WfpError error, String message) {
        super(error + ": " + message);
        this.error = error;
    }

    /**
     * Refuses, because of something else that failed.
     *
     * @param error WFP's name for the reason
     * @param message the object, what is wrong with it, and what would be right
     * @param cause what failed
     */
    public PolicyException(WfpError error, String message, Throwable cause) {
        super(error + ": " + message, cause);
        this.error = error;
    }

    /**
     * The reason.
     *
     * @return WFP's name for it
     */
    public WfpError error() {
        return error;
    }
}
