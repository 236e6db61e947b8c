package io.sallyport.launcher.fake;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Writes down when its bundle starts and stops. */
public final class Recorder implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        Journal.write("start " + context.getBundle().getSymbolicName());
    }

    @Override
    public void stop(BundleContext context) {
        Journal.write("stop " + context.getBundle().getSymbolicName());
    }
}
