package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An object in the store with what its own record does not say.
 *
 * @param <T> a record of {@code io.sallyport.policy}
 * @param object the object as it is read back
 * @param lifetime how long it lives
 * @param session the dynamic session it dies with; null unless dynamic
 * @param security whose it is, and its own access entries
 */
public record Stored<T>(
        T object, Lifetime lifetime, @Nullable SessionId session, SecurityInfo security) {

    /** What people call it. */
    DisplayData display() {
        if (object instanceof Filter it) {
            return it.display();
        } else if (object instanceof PolicySet it) {
            return it.display();
        } else if (object instanceof Sublayer it) {
            return it.display();
        } else if (object instanceof CalloutObject it) {
            return it.display();
        } else if (object instanceof ProviderContext it) {
            return it.display();
        } else if (object instanceof Provider it) {
            return it.display();
        }
        throw new IllegalStateException("not an object of policy: " + object);
    }

    /** The same object with other security information. */
    Stored<T> secured(SecurityInfo info) {
        return new Stored<>(object, lifetime, session, info);
    }

    /** A reference to a stored object: a GUID is unique within one type only (OBJ-4). */
    record Ref(ObjectType type, UUID key) implements Comparable<Ref> {
        @Override
        public int compareTo(Ref other) {
            int byType = type.compareTo(other.type);
            return byType != 0 ? byType : key.compareTo(other.key);
        }
    }
}
