package io.sallyport.deploy;

import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Goes into a jar. Does not return from its start, whoever interrupts it, until the test lets it go. */
public final class StubbornActivator implements BundleActivator {
    static final String GO = "sallyport.test.go";

    @Override
    public void start(BundleContext context) {
        while (System.getProperty(GO) == null) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void stop(BundleContext context) {
        // nothing to undo
    }
}
