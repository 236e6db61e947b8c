package io.sallyport.bfe.internal.store;

import io.sallyport.policy.PolicyException;

/** Helps to pass refusals on. */
public final class Refusals {
    private Refusals() {}

    /**
     * The message of a refusal without the error's name in front, for putting another object's name there.
     *
     * @param e a refusal
     * @return the text
     */
    public static String reason(PolicyException e) {
        String message = String.valueOf(e.getMessage());
        String prefix = e.error() + ": ";
        return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    }
}
