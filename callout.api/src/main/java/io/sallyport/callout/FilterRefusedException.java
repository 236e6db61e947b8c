package io.sallyport.callout;

/** A callout's answer to {@link NotifyType#ADD_FILTER}: this filter's configuration makes no sense to it (CALL-11). */
public final class FilterRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Refuses a filter.
     *
     * @param message what is wrong and what would be right, for the operator who wrote the policy
     */
    public FilterRefusedException(String message) {
        super(message);
    }
}
