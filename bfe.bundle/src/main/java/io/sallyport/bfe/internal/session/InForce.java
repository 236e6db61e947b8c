package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PolicyChange;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.policy.PolicyException;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * What the engine has of this BFE, so that a commit hands over what it changes and not everything. For the holder of the
 * writer lock only.
 */
final class InForce {
    private @Nullable PolicyState state;
    /** Weak, since the engine's bundle may have been stopped. */
    private WeakReference<@Nullable PreparedPolicy> policy = new WeakReference<>(null);

    /**
     * Prepares a policy as a change of the one in force if that is possible, else as a whole.
     *
     * @throws PolicyException as {@link FilterEngine#prepare(io.sallyport.engine.api.PolicyImage)}
     */
    PreparedPolicy prepare(FilterEngine target, PolicyState next) throws PolicyException {
        PolicyState known = state;
        PreparedPolicy base = policy.get();
        PolicyChange change = known == null || base == null ? null : ImageTranslator.change(known, next);
        PreparedPolicy prepared = base == null || change == null ? null : target.prepare(base, change);
        return prepared != null ? prepared : target.prepare(ImageTranslator.translate(next));
    }

    /** The engine has it in force now. */
    void published(PolicyState next, PreparedPolicy prepared) {
        state = next;
        policy = new WeakReference<>(prepared);
    }
}
