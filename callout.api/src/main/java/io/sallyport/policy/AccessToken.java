package io.sallyport.policy;

import java.util.Set;

/**
 * Whom a socket or peer belongs to, as the value of a token field: the SIDs that a security descriptor is checked
 * against (COND-16).
 *
 * @param sids user and groups in string form, e.g. {@code S-1-5-18}
 * @param restrictedSids the restricting SIDs; if not empty, the check must succeed for them too
 */
public record AccessToken(Set<String> sids, Set<String> restrictedSids) {

    /** Copies both sets. */
    public AccessToken {
        sids = Set.copyOf(sids);
        restrictedSids = Set.copyOf(restrictedSids);
    }
}
