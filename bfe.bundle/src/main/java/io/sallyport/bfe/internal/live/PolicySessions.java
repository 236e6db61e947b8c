package io.sallyport.bfe.internal.live;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.internal.session.PolicySessionImpl;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/** Gives each bundle a dynamic session of its own, which ends when the bundle stops or gives it back (LIFE-2, TXN-10). */
final class PolicySessions implements ServiceFactory<PolicySession> {
    private final BaseFilteringEngine bfe;

    PolicySessions(BaseFilteringEngine bfe) {
        this.bfe = bfe;
    }

    @Override
    public PolicySession getService(Bundle bundle, ServiceRegistration<PolicySession> registration) {
        try {
            return new PolicySessionImpl(bfe, bundle.getSymbolicName());
        } catch (PolicyException e) {
            throw new IllegalStateException("no session for " + bundle.getSymbolicName(), e);
        }
    }

    @Override
    public void ungetService(Bundle bundle, ServiceRegistration<PolicySession> registration, PolicySession session) {
        ((PolicySessionImpl) session).close();
    }
}
