package io.sallyport.launcher.fake;

import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Never comes back from its stop, whoever interrupts it. */
public final class StuckActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {}

    @Override
    @SuppressWarnings("InfiniteLoopStatement") // that is what it is for
    public void stop(BundleContext context) {
        while (true) {
            LockSupport.park();
        }
    }
}
