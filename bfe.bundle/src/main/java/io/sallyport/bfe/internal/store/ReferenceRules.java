package io.sallyport.bfe.internal.store;

import io.sallyport.layer.Layer;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the objects of a draft may refer to (LIFE-12, LIFE-13, LIFE-18). */
final class ReferenceRules {
    private final DraftTables tables;
    private final SessionId session;
    private final DraftAccess access;

    ReferenceRules(DraftTables tables, SessionId session, DraftAccess access) {
        this.tables = tables;
        this.session = session;
        this.access = access;
    }

    void checkLayer(Layer layer, String what) throws PolicyException {
        access.checkLink(AccessRights.ADD_LINK, ObjectType.LAYER, layer.key(), what);
    }

    void checkProvider(@Nullable UUID key, Lifetime from, String what) throws PolicyException {
        if (key != null) {
            Stored<Provider> target = ObjectRules.required(tables.providers.find(key), ObjectType.PROVIDER, key, what);
            access.checkLink(AccessRights.ADD_LINK, ObjectType.PROVIDER, key, what);
            ObjectRules.checkReference(
                    session,
                    from,
                    target,
                    true,
                    what + " -> provider " + target.object().display().name());
        }
    }

    void checkSublayer(Filter filter, Lifetime from, String what) throws PolicyException {
        UUID key = Objects.requireNonNull(filter.sublayer(), "normalized filters have a sublayer");
        Stored<Sublayer> target = ObjectRules.required(tables.sublayers.find(key), ObjectType.SUBLAYER, key, what);
        access.checkLink(AccessRights.ADD_LINK, ObjectType.SUBLAYER, key, what);
        Sublayer it = target.object();
        boolean isSameOwner = it.provider() == null || it.provider().equals(filter.provider());
        ObjectRules.checkReference(
                session,
                from,
                target,
                isSameOwner,
                what + " -> sublayer " + it.display().name());
    }

    void checkCallout(Filter filter, Lifetime from, String what) throws PolicyException {
        UUID key = filter.callout();
        if (key == null) {
            return;
        }
        Stored<CalloutObject> target = ObjectRules.required(tables.callouts.find(key), ObjectType.CALLOUT, key, what);
        CalloutObject it = target.object();
        if (it.layer() != filter.layer()) {
            throw new PolicyException(
                    WfpError.INCOMPATIBLE_LAYER,
                    what + ": callout " + it.calloutName() + " is added at "
                            + it.layer().policyName() + ", the filter is at "
                            + filter.layer().policyName());
        }
        List<UUID> owners = tables.calloutOwners.get(key);
        boolean isSameOwner = owners == null
                ? it.provider() == null || it.provider().equals(filter.provider())
                : filter.provider() != null && owners.contains(filter.provider());
        if (owners == null || !isSameOwner) {
            access.checkLink(AccessRights.ADD_LINK, ObjectType.CALLOUT, key, what);
        }
        ObjectRules.checkReference(session, from, target, isSameOwner, what + " -> callout " + it.calloutName());
    }

    void checkContext(Filter filter, Lifetime from, String what) throws PolicyException {
        UUID key = filter.providerContext();
        if (key != null) {
            Stored<ProviderContext> target =
                    ObjectRules.required(tables.contexts.find(key), ObjectType.PROVIDER_CONTEXT, key, what);
            access.checkLink(AccessRights.ADD_LINK, ObjectType.PROVIDER_CONTEXT, key, what);
            ProviderContext it = target.object();
            boolean isSameOwner = it.provider() == null || it.provider().equals(filter.provider());
            ObjectRules.checkReference(
                    session,
                    from,
                    target,
                    isSameOwner,
                    what + " -> provider-context " + it.display().name());
        }
    }
}
