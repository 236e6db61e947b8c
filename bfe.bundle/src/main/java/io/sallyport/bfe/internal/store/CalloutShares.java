package io.sallyport.bfe.internal.store;

import io.sallyport.callout.CalloutFlags;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Callout objects that several providers have added with equal content: who has a share in which. */
final class CalloutShares {
    private final DraftTables tables;
    private final SessionId session;
    private final ReferenceRules referenceRules;
    private final DraftAccess access;

    CalloutShares(DraftTables tables, SessionId session, ReferenceRules referenceRules, DraftAccess access) {
        this.tables = tables;
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
        List<UUID> owners = tables.ownersOf(known);
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
        tables.calloutOwners = tables.calloutOwners.plus(known.key(), List.copyOf(shared));
        tables.callouts.put(known.key(), there.secured(there.security()), shared);
        tables.refer(ObjectType.PROVIDER, provider, 1);
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
        tables.callouts.put(
                it.key(), new Stored<>(passedOn, stored.lifetime(), stored.session(), access.ofNew(rest.get(0))), rest);
        tables.calloutOwners = rest.size() == 1
                ? tables.calloutOwners.minus(it.key())
                : tables.calloutOwners.plus(it.key(), List.copyOf(rest));
        tables.refer(ObjectType.PROVIDER, provider, -1);
    }

    /** Who has a share in an object: by the table of shared ones, or its own provider alone; empty if it has none. */
    static List<UUID> owners(Map<UUID, List<UUID>> shared, CalloutObject callout) {
        List<UUID> owners = shared.get(callout.key());
        if (owners != null) {
            return owners;
        }
        UUID provider = callout.provider();
        return provider == null ? List.of() : List.of(provider);
    }
}
