package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.policy.PolicyException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.annotations.ReferenceScope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes engines, and brings the callouts that bundles offer to each of them: one instance for each engine.
 *
 * <p>Several offers of one name: the first one counts, the others wait and are told so (CALL-7); when it goes, the next
 * one takes its place without a gap. One lock, held also while an engine waits for a leaving callout; workers never take
 * it. Instances are given back here only: by unbind, or when an engine closes.
 */
@Component(service = FilterEngineFactory.class)
public final class EngineFactory implements FilterEngineFactory {
    private static final Logger LOG = LoggerFactory.getLogger(EngineFactory.class);

    /** What a bundle offers. */
    private static final class Offer {
        final ServiceReference<Callout> reference;
        final ComponentServiceObjects<Callout> objects;
        final String name;
        final int flags;
        final Map<FilterEngineImpl, Callout> instances = new HashMap<>();

        Offer(ServiceReference<Callout> reference, ComponentServiceObjects<Callout> objects, String name, int flags) {
            this.reference = reference;
            this.objects = objects;
            this.name = name;
            this.flags = flags;
        }

        @Override
        public String toString() {
            return name + " of " + reference.getBundle();
        }
    }

    private final Object lock = new Object();
    /** By name, in the order of arrival; the first one is registered. */
    private final Map<String, List<Offer>> offers = new HashMap<>();

    private final List<FilterEngineImpl> engines = new ArrayList<>();
    private boolean isDeactivated;

    @Override
    public FilterEngine create(String name) {
        FilterEngineImpl engine = new FilterEngineImpl(name, this::closed);
        synchronized (lock) {
            engines.add(engine);
            offers.values().forEach(waiting -> register(engine, waiting.get(0)));
        }
        return engine;
    }

    @Override
    public FilterEngine createWithoutCallouts(String name) {
        return new FilterEngineImpl(name);
    }

    /** A callout's bundle came. Any thread of the framework. */
    @Reference(
            service = Callout.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            scope = ReferenceScope.PROTOTYPE)
    void addCallout(ServiceReference<Callout> reference, ComponentServiceObjects<Callout> objects) {
        Object name = reference.getProperty(Callout.KEY);
        Object flags = reference.getProperty(Callout.FLAGS);
        if (!(name instanceof String text) || text.isBlank()) {
            LOG.error("refused a callout of {}: service property {} is missing", reference.getBundle(), Callout.KEY);
        } else if (!Constants.SCOPE_PROTOTYPE.equals(reference.getProperty(Constants.SERVICE_SCOPE))) {
            LOG.error("refused callout {} of {}: it is no prototype-scope service", text, reference.getBundle());
        } else if (flags != null && !(flags instanceof Integer)) {
            LOG.error("refused callout {} of {}: {} is no Integer", text, reference.getBundle(), Callout.FLAGS);
        } else {
            add(new Offer(reference, objects, text, flags == null ? 0 : (Integer) flags));
        }
    }

    private void add(Offer offer) {
        synchronized (lock) {
            List<Offer> waiting = offers.computeIfAbsent(offer.name, n -> new ArrayList<>());
            waiting.add(offer);
            if (waiting.size() > 1) {
                LOG.warn("callout {} waits: the name is taken by {}", offer, waiting.get(0));
                return;
            }
            engines.forEach(engine -> register(engine, offer));
        }
        LOG.info("callout {} is registered", offer);
    }

    private static void register(FilterEngineImpl engine, Offer offer) {
        Callout instance = instance(offer);
        if (instance == null) {
            return;
        }
        try {
            engine.register(offer.name, offer.flags, instance);
            offer.instances.put(engine, instance);
        } catch (PolicyException | IllegalStateException e) {
            LOG.error("callout {} cannot be registered", offer, e);
            giveBack(offer, instance);
        }
    }

    private static @Nullable Callout instance(Offer offer) {
        try {
            Callout instance = offer.objects.getService();
            if (instance == null) {
                LOG.error("callout {} gave no instance", offer);
            }
            return instance;
        } catch (RuntimeException | LinkageError e) {
            LOG.error("callout {} gave no instance", offer, e);
            return null;
        }
    }

    /** A callout's bundle goes: returns when nobody is inside, so that the bundle may stop. */
    void removeCallout(ServiceReference<Callout> reference) {
        synchronized (lock) {
            for (List<Offer> waiting : offers.values()) {
                for (Offer offer : waiting) {
                    if (offer.reference.equals(reference)) {
                        remove(offer, waiting);
                        return;
                    }
                }
            }
        }
    }

    private void remove(Offer offer, List<Offer> waiting) {
        waiting.remove(offer);
        if (waiting.isEmpty()) {
            offers.remove(offer.name);
        }
        Offer next = waiting.isEmpty() || isDeactivated ? null : waiting.get(0);
        for (FilterEngineImpl engine : engines) {
            if (offer.instances.containsKey(engine)) {
                unregister(engine, offer, next);
            }
        }
        offer.instances.values().forEach(instance -> giveBack(offer, instance));
        offer.instances.clear();
        LOG.info("callout {} is gone{}", offer, next == null ? "" : "; its place is taken by " + next);
    }

    private static void unregister(FilterEngineImpl engine, Offer offer, @Nullable Offer next) {
        Callout successor = next == null ? null : instance(next);
        try {
            engine.replace(offer.name, next == null ? 0 : next.flags, successor);
            if (next != null && successor != null) {
                next.instances.put(engine, successor);
            }
        } catch (PolicyException e) {
            LOG.debug("callout {} was not registered with a closed engine", offer, e);
            if (next != null && successor != null) {
                giveBack(next, successor);
            }
        }
    }

    /** An engine was closed by its owner. */
    private void closed(FilterEngineImpl engine) {
        synchronized (lock) {
            engines.remove(engine);
            for (List<Offer> waiting : offers.values()) {
                for (Offer offer : waiting) {
                    Callout instance = offer.instances.remove(engine);
                    if (instance != null) {
                        giveBack(offer, instance);
                    }
                }
            }
        }
    }

    /** The framework unbinds every callout right after this; instances are given back there. */
    @Deactivate
    void deactivate() {
        List<FilterEngineImpl> all;
        synchronized (lock) {
            isDeactivated = true;
            all = List.copyOf(engines);
        }
        all.forEach(FilterEngineImpl::stop);
    }

    private static void giveBack(Offer offer, Callout instance) {
        try {
            offer.objects.ungetService(instance);
        } catch (IllegalArgumentException | IllegalStateException e) {
            LOG.debug("an instance of callout {} went with its service", offer, e);
        }
    }
}
