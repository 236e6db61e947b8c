package io.sallyport.deploy.trust;

import java.util.List;
import java.util.Set;

/**
 * On what terms a jar was let in.
 *
 * @param vendor who signed it; empty if it is not signed
 * @param key fingerprint of the key; empty likewise
 * @param callouts patterns of the callout keys that it may use
 * @param named callout keys that it names itself
 * @param budget what it may use
 */
public record Admission(String vendor, String key, List<String> callouts, Set<String> named, Budget budget) {
    /** Copies. */
    public Admission {
        callouts = List.copyOf(callouts);
        named = Set.copyOf(named);
    }

    /**
     * Tells whether a callout key is inside of the signer's scope.
     *
     * @param key of a callout
     * @return false if its callouts of that name must not be seen by anybody
     */
    public boolean mayOffer(String key) {
        return NamePattern.allows(callouts, key);
    }
}
