package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.List;
import java.util.UUID;

/**
 * Puts together a policy from objects that were kept: with all checks of adding, and with the run-time ids they had. What an
 * object refers to is added before it, filters, contexts and callouts in the order of their ids.
 */
public final class Restoration {
    private final Draft draft = new Draft(PolicyState.initial(), new SessionId(0, "store", false));

    /**
     * Adds a provider.
     *
     * @param it as it was read back
     * @throws PolicyException if it cannot have been like this
     */
    public void add(Provider it) throws PolicyException {
        draft.add(it);
    }

    /**
     * Adds a sublayer.
     *
     * @param it as it was read back
     * @param askedWeight the weight that it was added with
     * @throws PolicyException if it cannot have been like this
     */
    public void add(Sublayer it, int askedWeight) throws PolicyException {
        Sublayer added = draft.add(it);
        if (askedWeight != added.weight()) {
            draft.tables.askedWeights = draft.tables.askedWeights.plus(added.key(), askedWeight);
        }
    }

    /**
     * Adds a callout object.
     *
     * @param it as it was read back
     * @param owners the providers that share it, its own provider first; empty if it has none
     * @throws PolicyException if it cannot have been like this
     */
    public void add(CalloutObject it, List<UUID> owners) throws PolicyException {
        draft.tables.lastCalloutId = Math.max(draft.tables.lastCalloutId, it.id() - 1);
        draft.add(it);
        for (UUID owner : owners) {
            if (!owner.equals(it.provider())) {
                draft.addOrShare(new CalloutObject(
                        it.key(), it.display(), it.calloutName(), it.layer(), it.flags(), owner, it.id()));
            }
        }
    }

    /**
     * Adds a provider context.
     *
     * @param it as it was read back
     * @throws PolicyException if it cannot have been like this
     */
    public void add(ProviderContext it) throws PolicyException {
        draft.tables.lastContextId = Math.max(draft.tables.lastContextId, it.id() - 1);
        draft.add(it);
    }

    /**
     * Adds a set with all its entries.
     *
     * @param it as it was read back
     * @throws PolicyException if it cannot have been like this
     */
    public void add(PolicySet it) throws PolicyException {
        draft.add(it);
    }

    /**
     * Adds a filter.
     *
     * @param it as it was read back
     * @throws PolicyException if it cannot have been like this
     */
    public void add(Filter it) throws PolicyException {
        draft.tables.lastFilterId = Math.max(draft.tables.lastFilterId, it.id() - 1);
        draft.add(it);
    }

    /**
     * Remembers the run-time ids that were given to objects which are gone.
     *
     * @param counters as they were kept
     */
    public void given(IdCounters counters) {
        draft.given(counters);
    }

    /**
     * All that was added, and the built-in objects.
     *
     * @return immutable
     */
    public PolicyState done() {
        return draft.freeze();
    }

    /**
     * Gives an object that was added the security information that it had.
     *
     * @param type what kind
     * @param key its key
     * @param info as it was read back
     * @throws PolicyException if there is no such object
     */
    public void secure(ObjectType type, UUID key, SecurityInfo info) throws PolicyException {
        // Most have what they were given when they were added: the owner of their provider, and no entries.
        if (!info.equals(draft.settings().securityOf(SecurityTarget.object(type, key)))) {
            draft.settings().secureNew(type, key, info);
        }
    }

    /**
     * Sets what was set of engine, containers, layers and built-in objects.
     *
     * @param target of what
     * @param info as it was read back
     * @throws PolicyException if there is no such object
     */
    public void secure(SecurityTarget target, SecurityInfo info) throws PolicyException {
        draft.settings().setSecurity(target, info);
    }

    /**
     * Sets an option.
     *
     * @param option which one
     * @param value as it was read back
     * @throws PolicyException if it is not possible
     */
    public void set(EngineOption option, long value) throws PolicyException {
        draft.settings().setOption(option, value);
    }
}
