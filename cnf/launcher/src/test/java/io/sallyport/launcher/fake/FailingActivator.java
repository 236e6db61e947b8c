package io.sallyport.launcher.fake;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A bundle that resolves but refuses to start. */
public final class FailingActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        throw new IllegalStateException("the shop is closed");
    }

    @Override
    public void stop(BundleContext context) {}
}
