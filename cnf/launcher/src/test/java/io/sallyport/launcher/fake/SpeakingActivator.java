package io.sallyport.launcher.fake;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Says on stdout that its bundle has stopped. */
@SuppressWarnings("SystemOut") // the process's stdout is what the test reads
public final class SpeakingActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {}

    @Override
    public void stop(BundleContext context) {
        System.out.println("stopped " + context.getBundle().getSymbolicName());
    }
}
