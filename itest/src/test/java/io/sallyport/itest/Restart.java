package io.sallyport.itest;

import static org.junit.Assert.assertEquals;

import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;

/** The two ways in which a bundle restarts; either way something can be looked at while it is away. */
enum Restart {
    /** Stop, then start. */
    STOP_AND_START {
        @Override
        void run(Bundle bundle, Check whileAway) throws Exception {
            bundle.stop();
            whileAway.run();
            bundle.start();
        }
    },

    /** In place, by the jar that it came from. */
    UPDATE {
        @Override
        void run(Bundle bundle, Check whileAway) throws Exception {
            BundleContext context = bundle.getBundleContext().getBundle(0).getBundleContext();
            List<Throwable> failures = new ArrayList<>();
            List<Integer> runs = new ArrayList<>();
            SynchronousBundleListener listener = event -> {
                if (event.getBundle().equals(bundle) && event.getType() == BundleEvent.UPDATED) {
                    runs.add(event.getType());
                    try {
                        whileAway.run();
                    } catch (Exception | AssertionError e) {
                        failures.add(e);
                    }
                }
            };
            context.addBundleListener(listener);
            String file = bundle.getLocation().replaceFirst("^reference:", "");
            try (InputStream jar = URI.create(file).toURL().openStream()) {
                bundle.update(jar);
            } finally {
                context.removeBundleListener(listener);
            }
            if (!failures.isEmpty()) {
                throw new AssertionError("while " + bundle.getSymbolicName() + " was away", failures.get(0));
            }
            assertEquals(1, runs.size());
        }
    };

    /** Something to look at. */
    @FunctionalInterface
    interface Check {
        void run() throws Exception;
    }

    /** Restarts a bundle that is active. */
    abstract void run(Bundle bundle, Check whileAway) throws Exception;
}
