package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.WfpError;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is asked of every object that comes into a draft, whatever its type: first its key, then its lifetime. */
final class Admission {
    private static final UUID ZERO = new UUID(0, 0);

    private final DraftTables tables;
    private final SessionId session;
    private final DraftAccess access;
    private final ReferenceRules referenceRules;

    Admission(DraftTables tables, SessionId session, DraftAccess access, ReferenceRules referenceRules) {
        this.tables = tables;
        this.session = session;
        this.access = access;
        this.referenceRules = referenceRules;
    }

    /** The key of an object that has a name: the one that it asks for, if it is free, or a new one for zeros. */
    UUID key(ObjectType type, UUID asked, DisplayData display) throws PolicyException {
        ObjectRules.checkName(display, type);
        UUID key = asked.equals(ZERO) ? UUID.randomUUID() : asked;
        if (tables.find(type, key) != null) {
            throw new PolicyException(
                    WfpError.ALREADY_EXISTS, ObjectRules.name(type, display) + ": its key is taken: " + key);
        }
        return key;
    }

    /** The lifetime of an object that the session may add, and that may refer to its provider. */
    Lifetime lifetime(ObjectType type, boolean isPersistent, @Nullable UUID provider, String what)
            throws PolicyException {
        return lifetime(type, isPersistent, false, provider, what);
    }

    /** As above; filters may be there at boot time. */
    Lifetime lifetime(ObjectType type, boolean isPersistent, boolean isBootTime, @Nullable UUID provider, String what)
            throws PolicyException {
        Lifetime lifetime = ObjectRules.lifetime(session, isPersistent, isBootTime, what);
        access.checkAdd(type, provider, what);
        referenceRules.checkProvider(provider, lifetime, what);
        return lifetime;
    }

    /** A provider as it is kept. */
    Stored<Provider> stored(Provider it, Lifetime lifetime) {
        return stored(it, lifetime, access.ofNew(it));
    }

    /** An object as it is kept. */
    <T> Stored<T> stored(T object, Lifetime lifetime, @Nullable UUID provider) {
        return stored(object, lifetime, access.ofNew(provider));
    }

    private <T> Stored<T> stored(T object, Lifetime lifetime, SecurityInfo info) {
        return new Stored<>(object, lifetime, lifetime == Lifetime.DYNAMIC ? session : null, info);
    }
}
