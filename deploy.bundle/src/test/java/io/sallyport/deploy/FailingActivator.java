package io.sallyport.deploy;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Goes into a jar. */
public final class FailingActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        throw new IllegalStateException("the licence is missing\n  call the vendor");
    }

    @Override
    public void stop(BundleContext context) {
        // was never started
    }
}
