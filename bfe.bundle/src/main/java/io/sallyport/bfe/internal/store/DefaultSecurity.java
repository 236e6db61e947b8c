package io.sallyport.bfe.internal.store;

import static io.sallyport.bfe.security.AccessEntry.allow;
import static io.sallyport.policy.AccessRights.ADD;
import static io.sallyport.policy.AccessRights.ADD_LINK;
import static io.sallyport.policy.AccessRights.BEGIN_READ_TXN;
import static io.sallyport.policy.AccessRights.BEGIN_WRITE_TXN;
import static io.sallyport.policy.AccessRights.CLASSIFY;
import static io.sallyport.policy.AccessRights.ENUM;
import static io.sallyport.policy.AccessRights.GENERIC_ALL;
import static io.sallyport.policy.AccessRights.GENERIC_EXECUTE;
import static io.sallyport.policy.AccessRights.GENERIC_READ;
import static io.sallyport.policy.AccessRights.OPEN;
import static io.sallyport.policy.AccessRights.READ;
import static io.sallyport.policy.AccessRights.SUBSCRIBE;

import io.sallyport.bfe.security.AccessEntry.Scope;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.Provider;
import java.util.List;

/**
 * Security information as long as nobody has set any (SEC-3). Administrators may do everything, owners everything with what
 * they own; operators add, and read all; viewers read; plug-ins add, and read what is theirs; everybody else opens sessions.
 * Only owners and administrators refer to objects, so that nobody keeps somebody else's in use; what is built in is free to all.
 */
public final class DefaultSecurity {
    /** The provider of policy files and of the shell belongs to all operators, whoever makes it. */
    static final String OPERATORS_PROVIDER = "operator";

    private static final Trustee ADMINISTRATORS = Trustee.role(Role.ADMIN);

    static final SecurityInfo ENGINE = new SecurityInfo(
            ADMINISTRATORS,
            List.of(
                    allow(ADMINISTRATORS, GENERIC_ALL, Scope.ALL),
                    allow(Trustee.OWNER, GENERIC_ALL, Scope.BELOW),
                    allow(
                            Trustee.role(Role.OPERATOR),
                            GENERIC_READ | GENERIC_EXECUTE | ADD | BEGIN_WRITE_TXN,
                            Scope.ALL),
                    allow(Trustee.role(Role.VIEWER), GENERIC_READ | GENERIC_EXECUTE, Scope.ALL),
                    allow(Trustee.role(Role.VENDOR), BEGIN_READ_TXN | BEGIN_WRITE_TXN, Scope.THIS),
                    allow(Trustee.role(Role.VENDOR), ADD | ENUM | SUBSCRIBE, Scope.BELOW),
                    allow(Trustee.EVERYONE, OPEN | CLASSIFY, Scope.THIS)),
            false);

    private static final SecurityInfo LAYERS =
            new SecurityInfo(ADMINISTRATORS, List.of(allow(Trustee.EVERYONE, READ | ADD_LINK, Scope.BELOW)), false);

    static final SecurityInfo BUILT_IN =
            new SecurityInfo(ADMINISTRATORS, List.of(allow(Trustee.EVERYONE, READ | ADD_LINK, Scope.THIS)), false);

    private DefaultSecurity() {}

    /** Of the engine, a container or a layer. */
    static SecurityInfo of(SecurityTarget target) {
        if (target.equals(SecurityTarget.ENGINE)) {
            return ENGINE;
        }
        return target.equals(SecurityTarget.container(ObjectType.LAYER))
                ? LAYERS
                : SecurityInfo.inherited(ADMINISTRATORS);
    }

    /**
     * Of a provider that somebody adds.
     *
     * @param provider what is added
     * @param principal who adds it
     * @return what it inherits, and whose it is
     */
    public static SecurityInfo of(Provider provider, Principal principal) {
        boolean isOperators = provider.display().name().equals(OPERATORS_PROVIDER) && principal.role() != Role.VENDOR;
        return SecurityInfo.inherited(isOperators ? Trustee.role(Role.OPERATOR) : principal.owner());
    }
}
