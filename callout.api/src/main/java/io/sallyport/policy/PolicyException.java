package io.sallyport.policy;

import java.io.Serial;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A refusal by the base filtering engine: nothing was changed by the call that threw it. */
public class PolicyException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final WfpError error;

    private final @Nullable UUID subject;

    /**
     * Refuses.
     *
     * @param error WFP's name for the reason
     * @param message the object, what is wrong with it, and what would be right
     */
    public PolicyException(WfpError error, String message) {
        super(error + ": " + message);
        this.error = error;
        this.subject = null;
    }

    /**
     * Refuses, because of something else that failed.
     *
     * @param error WFP's name for the reason
     * @param message the object, what is wrong with it, and what would be right
     * @param cause what failed
     */
    public PolicyException(WfpError error, String message, Throwable cause) {
        this(error, message, cause, null);
    }

    /**
     * Refuses one of many objects, because of something else that failed.
     *
     * @param error WFP's name for the reason
     * @param message the object, what is wrong with it, and what would be right
     * @param cause what failed
     * @param subject key of the object that is refused, or null if that is not one
     */
    public PolicyException(WfpError error, String message, Throwable cause, @Nullable UUID subject) {
        super(error + ": " + message, cause);
        this.error = error;
        this.subject = subject;
    }

    /**
     * The reason.
     *
     * @return WFP's name for it
     */
    public WfpError error() {
        return error;
    }

    /**
     * The object that is refused, where the caller cannot know it: one of many in a transaction.
     *
     * @return its key, or null
     */
    public @Nullable UUID subject() {
        return subject;
    }
}
