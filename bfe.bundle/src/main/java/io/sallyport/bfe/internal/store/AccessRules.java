package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.AccessEntry.Scope;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a principal may do with the engine, containers and objects (SEC-1, SEC-7). Entries are asked in order: an object's own
 * ones, those of its container, those of the engine; the first one that names a right decides about it.
 */
public final class AccessRules {
    private final Principal principal;
    private final Holder holder;
    private final Function<SecurityTarget, String> names;

    /** Knows the security information of everything. */
    @FunctionalInterface
    interface Holder {
        /** Null if there is no such object. */
        @Nullable SecurityInfo security(SecurityTarget target);
    }

    AccessRules(Principal principal, Holder holder, Function<SecurityTarget, String> names) {
        this.principal = principal;
        this.holder = holder;
        this.names = names;
    }

    /**
     * The rules for a principal and a policy.
     *
     * @param principal who asks
     * @param state the policy
     * @return rules
     */
    public static AccessRules of(Principal principal, PolicyState state) {
        return new AccessRules(principal, state::securityOf, target -> ObjectRules.name(target, state::find));
    }

    /**
     * The rules for a principal and a policy of the past: what is there now goes by its security information now, what was
     * deleted since by the one it had.
     *
     * @param principal who asks
     * @param past the policy of the past
     * @param current the policy in force
     * @return rules
     */
    static AccessRules of(Principal principal, PolicyState past, PolicyState current) {
        return new AccessRules(
                principal,
                target -> {
                    SecurityInfo now = current.securityOf(target);
                    return now == null ? past.securityOf(target) : now;
                },
                target -> ObjectRules.name(target, past::find));
    }

    Principal principal() {
        return principal;
    }

    /** No check applies to the gateway itself (SEC-5). */
    boolean areOff() {
        return principal.role() == Role.SYSTEM;
    }

    /**
     * All rights to something.
     *
     * @param target what
     * @return bits of {@link AccessRights}; none if there is no such object
     */
    public int granted(SecurityTarget target) {
        if (areOff()) {
            return AccessRights.GENERIC_ALL;
        }
        SecurityInfo info = holder.security(target);
        return info == null ? 0 : granted(target, info);
    }

    /** As above, with security information that is not in force. */
    int granted(SecurityTarget target, SecurityInfo info) {
        if (areOff()) {
            return AccessRights.GENERIC_ALL;
        }
        Trustee owner = info.owner();
        Decision decision = new Decision(principal, owner);
        decision.ask(info.entries(), Scope.BELOW);
        decision.ask(inherited(target, info), Scope.THIS);
        if (owner.includes(principal, owner)) {
            decision.allowed |= AccessRights.READ_CONTROL | AccessRights.WRITE_DAC;
        }
        if (principal.role() == Role.ADMIN) {
            decision.allowed |= AccessRights.WRITE_OWNER;
            if (target.equals(SecurityTarget.ENGINE)) {
                decision.allowed |= AccessRights.OPEN;
            }
        }
        return decision.allowed;
    }

    /**
     * The entries from above that count here, nearest first.
     *
     * @param target where
     * @param info its own security information
     * @return entries of container and engine
     */
    public List<AccessEntry> inherited(SecurityTarget target, SecurityInfo info) {
        List<AccessEntry> inherited = new ArrayList<>();
        SecurityTarget at = target;
        SecurityInfo here = info;
        while (!at.equals(SecurityTarget.ENGINE) && !here.isProtected()) {
            at = at.key() == null || at.type() == null ? SecurityTarget.ENGINE : SecurityTarget.container(at.type());
            SecurityInfo above = holder.security(at);
            if (above == null) {
                throw new IllegalStateException("engine and containers are always there");
            }
            above.entries().stream().filter(it -> it.scope() != Scope.THIS).forEach(inherited::add);
            here = above;
        }
        return inherited;
    }

    /**
     * Demands rights.
     *
     * @param rights all of them
     * @param target to what
     * @param what what is wanted, for the message
     * @throws PolicyException ERROR_ACCESS_DENIED
     */
    public void require(int rights, SecurityTarget target, String what) throws PolicyException {
        int missing = rights & ~granted(target);
        if (missing != 0) {
            throw denied(what + ": " + principal + " needs " + String.join(", ", AccessEntry.names(missing)) + " on "
                    + names.apply(target));
        }
    }

    static PolicyException denied(String message) {
        return new PolicyException(WfpError.ERROR_ACCESS_DENIED, message);
    }

    /** Gathers what entries say about one principal. */
    private static final class Decision {
        private final Principal principal;
        private final Trustee owner;
        private int allowed;
        private int denied;

        Decision(Principal principal, Trustee owner) {
            this.principal = principal;
            this.owner = owner;
        }

        void ask(List<AccessEntry> entries, Scope elsewhere) {
            for (AccessEntry entry : entries) {
                if (entry.scope() != elsewhere && entry.trustee().includes(principal, owner)) {
                    if (entry.isAllowed()) {
                        allowed |= entry.rights() & ~denied;
                    } else {
                        denied |= entry.rights() & ~allowed;
                    }
                }
            }
        }
    }
}
