package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Callout objects that several providers have added with equal content: who has a share in which. */
final class CalloutShares {
    private final Draft draft;
    private final SessionId session;
    private final ReferenceRules referenceRules;
    private final DraftAccess access;

    CalloutShares(Draft draft, SessionId session, ReferenceRules referenceRules, DraftAccess access) {
        this.draft = draft;
        this.session = session;
        this.referenceRules = referenceRules;
        this.access = access;
    }

    /** Gives a share in an object that is there. */
    CalloutObject share(Stored<CalloutObject> there, CalloutObject it) throws PolicyException {
        CalloutObject known = there.object();
        String what = ObjectRules.name(ObjectType.CALLOUT, it.display());
        access.checkAdd(ObjectType.CALLOUT, it.provider(), what);
        UUID provider = it.provider();
        List<UUID> owners = owners(known);
        if (provider == null || owners.isEmpty() || owners.contains(provider)) {
            throw new PolicyException(WfpError.ALREADY_EXISTS, what + ": its key is taken: " + known.key());
        }
        Lifetime lifetime = ObjectRules.lifetime(session, (it.flags() & CalloutFlags.PERSISTENT) != 0, false, what);
        boolean isEqual = known.display().equals(it.display())
                && known.calloutName().equals(it.calloutName())
                && known.layer() == it.layer()
                && known.flags() == it.flags()
                && there.lifetime() == lifetime
                && lifetime != Lifetime.DYNAMIC;
        if (!isEqual) {
            throw new PolicyException(
                    WfpError.ALREADY_EXISTS,
                    what + ": another provider has added it at " + it.layer().policyName()
                            + " with other flags, lifetime or description, so it cannot be shared");
        }
        referenceRules.checkProvider(provider, lifetime, what);
        List<UUID> shared = new ArrayList<>(owners);
        shared.add(provider);
        draft.calloutOwners = draft.calloutOwners.plus(known.key(), List.copyOf(shared));
        draft.callouts.put(known.key(), there.secured(there.security()), shared);
        referenceRules.refer(ObjectType.PROVIDER, provider, 1);
        return known;
    }

    /** Takes a share back: one of several. The object belongs to the next provider then, and to its owner. */
    void giveBack(Stored<CalloutObject> stored, List<UUID> owners, UUID provider) throws PolicyException {
        CalloutObject it = stored.object();
        access.checkLink(AccessRights.ADD_LINK, ObjectType.PROVIDER, provider, "callout " + it.calloutName());
        List<UUID> rest = new ArrayList<>(owners);
        rest.remove(provider);
        CalloutObject passedOn = new CalloutObject(
                it.key(), it.display(), it.calloutName(), it.layer(), it.flags(), rest.get(0), it.id());
        draft.callouts.put(
                it.key(), new Stored<>(passedOn, stored.lifetime(), stored.session(), access.ofNew(rest.get(0))), rest);
        draft.calloutOwners = rest.size() == 1
                ? draft.calloutOwners.minus(it.key())
                : draft.calloutOwners.plus(it.key(), List.copyOf(rest));
        referenceRules.refer(ObjectType.PROVIDER, provider, -1);
    }

    /** Replaces the security information of an object that is there. */
    void secure(UUID key, SecurityInfo info) {
        Stored<CalloutObject> stored = draft.callouts.find(key);
        if (stored != null) {
            draft.callouts.put(key, stored.secured(info), owners(stored.object()));
        }
    }

    private List<UUID> owners(CalloutObject known) {
        List<UUID> owners = draft.calloutOwners.get(known.key());
        if (owners != null) {
            return owners;
        }
        @Nullable UUID provider = known.provider();
        return provider == null ? List.of() : List.of(provider);
    }
}
