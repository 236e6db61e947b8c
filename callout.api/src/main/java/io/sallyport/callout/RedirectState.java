package io.sallyport.callout;

/** Who redirected a connection, as one callout sees it (FWPS_CONNECTION_REDIRECT_STATE, REDIR-5). */
public enum RedirectState {
    /** Nobody. May be redirected. */
    NOT_REDIRECTED,
    /** The asking callout. To be permitted. */
    REDIRECTED_BY_SELF,
    /** Another callout; may be redirected if that one is not trusted. */
    REDIRECTED_BY_OTHER,
    /** The asking callout, and another one after it. Must not be redirected again, only permitted or blocked. */
    PREVIOUSLY_REDIRECTED_BY_SELF
}
