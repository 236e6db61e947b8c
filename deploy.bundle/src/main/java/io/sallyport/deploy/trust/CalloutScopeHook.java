package io.sallyport.deploy.trust;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.framework.hooks.service.ListenerHook.ListenerInfo;

/**
 * Hides callouts of plug-ins that lie outside of their signer's scope from everybody, whenever they are registered and
 * whatever the component descriptions said. Any thread.
 */
public final class CalloutScopeHook implements FindHook, EventListenerHook {
    private static final String PLUGIN_SCHEME = "plugin:";

    private final LongFunction<@Nullable Admission> admissions;
    private final Consumer<String> faults;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /**
     * A hook.
     *
     * @param admissions the terms of a bundle, by its id; null if there are none
     * @param faults is told once of each callout that is hidden
     */
    public CalloutScopeHook(LongFunction<@Nullable Admission> admissions, Consumer<String> faults) {
        this.admissions = admissions;
        this.faults = faults;
    }

    @Override
    public void find(
            BundleContext context,
            @Nullable String name,
            @Nullable String filter,
            boolean allServices,
            Collection<ServiceReference<?>> references) {
        references.removeIf(this::isHidden);
    }

    @Override
    public void event(ServiceEvent event, Map<BundleContext, Collection<ListenerInfo>> listeners) {
        if (event.getType() != ServiceEvent.UNREGISTERING && isHidden(event.getServiceReference())) {
            // One that changes its key is gone for those who saw it before: they ask for it again and find nothing.
            new HashSet<>(listeners.keySet()).forEach(listeners::remove);
        }
    }

    private boolean isHidden(ServiceReference<?> service) {
        Bundle bundle = service.getBundle();
        Object key = service.getProperty(CalloutKeys.PROPERTY);
        if (key == null || bundle == null || !bundle.getLocation().startsWith(PLUGIN_SCHEME)) {
            return false;
        }
        Admission terms = admissions.apply(bundle.getBundleId());
        if (terms != null && key instanceof String name && terms.mayOffer(name)) {
            return false;
        }
        if (told.size() < 1_000 && told.add(bundle.getBundleId() + " " + key)) {
            faults.accept("plugin " + bundle.getSymbolicName() + ": its callout " + key
                    + " is outside of its signer's scope, and is not shown to any packet");
        }
        return true;
    }
}
