package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.internal.notify.ObjectAccess;
import io.sallyport.bfe.internal.store.AccessRules;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import java.util.UUID;

/** Of what a session's principal is notified: of containers that it may subscribe to, objects that it may read (NOTE-5). */
final class SessionAccess implements ObjectAccess {
    private final BfeImpl bfe;
    private final Principal principal;

    SessionAccess(BfeImpl bfe, Principal principal) {
        this.bfe = bfe;
        this.principal = principal;
    }

    @Override
    public void checkSubscribe(ObjectType type) throws PolicyException {
        bfe.audited(() -> AccessRules.of(principal, bfe.current())
                .require(
                        AccessRights.SUBSCRIBE,
                        SecurityTarget.container(type),
                        "a subscription to " + type.word() + "s"));
    }

    @Override
    public boolean mayRead(PolicyState policy, ObjectType type, UUID key) {
        int granted = AccessRules.of(principal, policy).granted(SecurityTarget.object(type, key));
        return (granted & AccessRights.READ) != 0;
    }
}
