package io.sallyport.bfe.api;

import java.time.Instant;

/**
 * One commit that outlives the gateway: what the history says of it.
 *
 * @param number counts such commits of this store, from 1
 * @param name names the policy by its content; the same content has the same name again
 * @param when by the wall clock, which may have been set since
 * @param who on whose behalf
 * @param via the session that did it, e.g. {@code policy /etc/office.yaml}
 * @param comment why; may be empty
 * @param added how many objects came; one that was replaced counts here and as deleted
 * @param deleted how many objects went
 * @param isPending whether it still has to be confirmed
 */
public record RevisionInfo(
        long number,
        String name,
        Instant when,
        String who,
        String via,
        String comment,
        int added,
        int deleted,
        boolean isPending) {}
