package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A callout as a bundle offers it, and the instances of it that are out. Guarded by the factory's lock. */
final class CalloutOffer {
    private static final Logger LOG = LoggerFactory.getLogger(CalloutOffer.class);

    final ServiceReference<Callout> reference;
    final String name;
    final int flags;
    /** Who offers it, also when its bundle is gone. */
    final String owner;

    final Map<FilterEngineImpl, Callout> instances = new HashMap<>();
    private final ComponentServiceObjects<Callout> objects;

    /** Of a reference without {@link #refusal}. */
    CalloutOffer(ServiceReference<Callout> reference, ComponentServiceObjects<Callout> objects) {
        this.reference = reference;
        this.objects = objects;
        this.name = String.valueOf(reference.getProperty(Callout.KEY));
        this.flags = reference.getProperty(Callout.FLAGS) instanceof Integer bits ? bits : 0;
        this.owner = owner(reference);
    }

    /** Says why a service is no callout; null: it is one. */
    static @Nullable String refusal(ServiceReference<Callout> reference) {
        Object name = reference.getProperty(Callout.KEY);
        Object flags = reference.getProperty(Callout.FLAGS);
        if (!(name instanceof String text) || text.isBlank()) {
            return "a callout of " + owner(reference) + " is refused: its service property " + Callout.KEY
                    + " is missing, or no text";
        }
        if (!Constants.SCOPE_PROTOTYPE.equals(reference.getProperty(Constants.SERVICE_SCOPE))) {
            return "callout " + text + " of " + owner(reference)
                    + " is refused: it is no prototype-scope service, so that engines would share it";
        }
        if (flags != null && !(flags instanceof Integer)) {
            return "callout " + text + " of " + owner(reference) + " is refused: its service property " + Callout.FLAGS
                    + " is no Integer";
        }
        return null;
    }

    private static String owner(ServiceReference<Callout> reference) {
        Bundle bundle = reference.getBundle();
        return bundle == null ? "a bundle that is gone" : bundle.getSymbolicName() + " " + bundle.getVersion();
    }

    /**
     * Takes an instance.
     *
     * @throws IllegalStateException if there is none; it says what the vendor's code threw, without being that
     */
    Callout newInstance() {
        Callout instance;
        try {
            instance = objects.getService();
        } catch (RuntimeException | LinkageError e) {
            throw CalloutFault.of(e);
        }
        if (instance == null) {
            throw new IllegalStateException("its component does not start");
        }
        return instance;
    }

    void giveBackAll() {
        instances.values().forEach(this::giveBack);
        instances.clear();
    }

    void giveBack(FilterEngineImpl engine) {
        Callout instance = instances.remove(engine);
        if (instance != null) {
            giveBack(instance);
        }
    }

    void giveBack(Callout instance) {
        try {
            objects.ungetService(instance);
        } catch (IllegalArgumentException | IllegalStateException e) {
            LOG.debug("an instance of callout {} went with its service", this, e);
        }
    }

    @Override
    public String toString() {
        return name + " of " + owner;
    }
}
