package io.sallyport.deploy;

import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.PrototypeServiceFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** Goes into a jar. Does what headers of the jar say: offers a callout, takes a policy session, does not stop. */
public final class VendorActivator implements BundleActivator {
    static final String OFFERS = "Test-Offers";
    static final String TAKES = "Test-Takes";
    static final String CLINGS = "Test-Clings";

    private boolean isClinging;

    @Override
    public void start(BundleContext context) {
        String offered = context.getBundle().getHeaders().get(OFFERS);
        if (offered != null) {
            context.registerService(
                    "io.sallyport.callout.Callout",
                    new Factory(),
                    FrameworkUtil.asDictionary(Map.of("sallyport.callout.key", offered)));
        }
        String taken = context.getBundle().getHeaders().get(TAKES);
        ServiceReference<?> reference = taken == null ? null : context.getServiceReference(taken);
        if (reference != null) {
            context.getService(reference);
        }
        isClinging = context.getBundle().getHeaders().get(CLINGS) != null;
    }

    @Override
    public void stop(BundleContext context) {
        while (isClinging && System.getProperty(StubbornActivator.GO) == null) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static final class Factory implements PrototypeServiceFactory<Object> {
        @Override
        public Object getService(Bundle bundle, ServiceRegistration<Object> registration) {
            return this;
        }

        @Override
        public void ungetService(Bundle bundle, ServiceRegistration<Object> registration, Object service) {
            // nothing to give back
        }
    }
}
