package io.sallyport.engine.internal;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;

/** A context that only knows bundle listeners, and the framework that tells them. */
final class BundleContexts {
    private final List<SynchronousBundleListener> listeners = new ArrayList<>();

    final BundleContext context = (BundleContext) Proxy.newProxyInstance(
            BundleContext.class.getClassLoader(), new Class<?>[] {BundleContext.class}, (self, method, arguments) -> {
                if (!method.getName().equals("addBundleListener")) {
                    throw new UnsupportedOperationException(method.getName());
                }
                listeners.add((SynchronousBundleListener) arguments[0]);
                return null;
            });

    void fire(int type, Bundle bundle) {
        listeners.forEach(listener -> listener.bundleChanged(new BundleEvent(type, bundle)));
    }
}
