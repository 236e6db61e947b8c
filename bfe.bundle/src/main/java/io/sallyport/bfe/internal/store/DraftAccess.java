package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.WfpError;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the session of a draft may do with its objects (SEC-7), and whose they are. */
final class DraftAccess {
    private final DraftTables tables;
    private final SessionId session;
    private final AccessRules rules;

    DraftAccess(DraftTables tables, DraftSettings settings, SessionId session) {
        this.tables = tables;
        this.session = session;
        this.rules = new AccessRules(
                session.principal(), settings::securityOf, target -> ObjectRules.name(target, tables::find));
    }

    /** ADD on the container; a plug-in's objects are those of its provider. */
    void checkAdd(ObjectType type, @Nullable UUID provider, String what) throws PolicyException {
        rules.require(AccessRights.ADD, SecurityTarget.container(type), what);
        if (provider == null
                && type != ObjectType.PROVIDER
                && session.principal().role() == Role.VENDOR) {
            throw AccessRules.denied(what + ": " + session.principal() + " adds objects of its own provider only");
        }
    }

    /** A right to what an object refers to. */
    void checkLink(int right, ObjectType type, UUID key, String what) throws PolicyException {
        rules.require(right, SecurityTarget.object(type, key), what);
    }

    void checkDelete(ObjectType type, UUID key, Stored<?> stored, String what) throws PolicyException {
        if (stored.lifetime() != Lifetime.BUILT_IN) {
            rules.require(AccessRights.DELETE, SecurityTarget.object(type, key), what);
        }
    }

    /** Of an object that is added without security information: it belongs to the owner of its provider (SEC-8). */
    SecurityInfo ofNew(@Nullable UUID provider) {
        Stored<Provider> owning = provider == null ? null : tables.providers.find(provider);
        return SecurityInfo.inherited(
                owning == null ? session.principal().owner() : owning.security().owner());
    }

    SecurityInfo ofNew(Provider provider) {
        return DefaultSecurity.of(provider, session.principal());
    }

    /** WRITE_DAC, WRITE_OWNER, and who may become an owner; what dynamic sessions may not (SEC-9, TXN-14). */
    void checkSet(SecurityTarget target, SecurityInfo old, SecurityInfo wanted, @Nullable SessionId dies)
            throws PolicyException {
        String what = "security of " + target;
        if (session.isDynamic() && !session.equals(dies)) {
            throw new PolicyException(
                    WfpError.DYNAMIC_SESSION_IN_PROGRESS,
                    what + ": a dynamic session changes the security of its own objects only");
        }
        boolean isNewOwner = !wanted.owner().equals(old.owner());
        if (isNewOwner) {
            rules.require(AccessRights.WRITE_OWNER, target, what);
            checkOwner(wanted, what);
        }
        boolean isSameList = wanted.entries().equals(old.entries()) && wanted.isProtected() == old.isProtected();
        if (!isSameList && !(isNewOwner && isOwner(wanted))) {
            rules.require(AccessRights.WRITE_DAC, target, what);
        }
    }

    /** Only administrators give things away. */
    void checkOwner(SecurityInfo wanted, String what) throws PolicyException {
        if (!rules.areOff() && session.principal().role() != Role.ADMIN && !isOwner(wanted)) {
            throw AccessRules.denied(
                    what + ": " + session.principal() + " cannot make " + wanted.owner() + " the owner, only itself");
        }
    }

    private boolean isOwner(SecurityInfo wanted) {
        return wanted.owner().includes(session.principal(), wanted.owner());
    }
}
