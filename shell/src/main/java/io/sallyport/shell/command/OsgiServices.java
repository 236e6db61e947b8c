package io.sallyport.shell.command;

import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Services of the framework. They are not given back after each use: the last one who gives back a component that is made
 * on demand would end it. The framework takes them back when they or this bundle go.
 */
public final class OsgiServices implements Services {
    private final BundleContext context;

    /**
     * Looks up for a bundle.
     *
     * @param context of this bundle
     */
    public OsgiServices(BundleContext context) {
        this.context = context;
    }

    @Override
    public <T> @Nullable T find(Class<T> type, @Nullable String filter) {
        try {
            ServiceReference<T> best = null;
            for (ServiceReference<T> reference : context.getServiceReferences(type, filter)) {
                if (best == null || reference.compareTo(best) > 0) {
                    best = reference;
                }
            }
            if (best == null) {
                return null;
            }
            return context.getService(best);
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
