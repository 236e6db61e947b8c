package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.gateway.api.Notices;
import io.sallyport.policy.PolicyException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
 * it. Instances are given back here only: by unbind, or when an engine closes. What the operator has to know is noted under
 * the lock and told after it.
 */
@Component(service = {FilterEngineFactory.class, EngineFactory.class})
public final class EngineFactory implements FilterEngineFactory {
    private static final Logger LOG = LoggerFactory.getLogger(EngineFactory.class);

    private final Object lock = new Object();
    private final OperatorLines operator = new OperatorLines();
    /** By name, in the order of arrival; the first one is registered. */
    private final Map<String, List<CalloutOffer>> offers = new HashMap<>();

    private final List<FilterEngineImpl> engines = new ArrayList<>();
    /** The one whose callouts the operator hears of. */
    private @Nullable FilterEngineImpl live;

    private boolean isDeactivated;

    @Override
    public FilterEngine create(String name) {
        FilterEngineImpl engine = new FilterEngineImpl(name, this::closed);
        synchronized (lock) {
            take(engine);
        }
        return engine;
    }

    /** Makes the engine of the live gateway; there is one at a time. The caller flushes {@link #operator}. */
    FilterEngineImpl createLive() {
        FilterEngineImpl engine = new FilterEngineImpl("live", this::closed);
        synchronized (lock) {
            live = engine;
            take(engine);
        }
        return engine;
    }

    private void take(FilterEngineImpl engine) {
        engines.add(engine);
        offers.values().forEach(waiting -> register(engine, waiting.get(0)));
    }

    @Override
    public FilterEngine createWithoutCallouts(String name) {
        return new FilterEngineImpl(name);
    }

    /** What the operator has to know. */
    OperatorLines operator() {
        return operator;
    }

    /** The operator can be told from now on. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addNotices(Notices notices) {
        operator.bind(notices);
    }

    void removeNotices(Notices notices) {
        operator.unbind(notices);
    }

    /** A callout's bundle came. Any thread of the framework. */
    @Reference(
            service = Callout.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            scope = ReferenceScope.PROTOTYPE)
    void addCallout(ServiceReference<Callout> reference, ComponentServiceObjects<Callout> objects) {
        String refusal = CalloutOffer.refusal(reference);
        if (refusal != null) {
            fault(refusal);
        } else {
            add(new CalloutOffer(reference, objects));
        }
        operator.flush();
    }

    private void add(CalloutOffer offer) {
        synchronized (lock) {
            List<CalloutOffer> waiting = offers.computeIfAbsent(offer.name, n -> new ArrayList<>());
            waiting.add(offer);
            if (waiting.size() > 1) {
                fault("callout " + offer + " is refused: the name is taken by " + waiting.get(0).owner
                        + "; uninstall one of the two");
                return;
            }
            engines.forEach(engine -> register(engine, offer));
        }
        LOG.info("callout {} is there", offer);
    }

    private void register(FilterEngineImpl engine, CalloutOffer offer) {
        Callout instance = instance(engine, offer);
        if (instance == null) {
            return;
        }
        try {
            engine.register(offer.name, offer.flags, instance);
            offer.instances.put(engine, instance);
            if (engine == live) {
                operator.state("callout " + offer.name + " is registered by " + offer.owner);
            }
        } catch (PolicyException | IllegalStateException e) {
            LOG.error("callout {} cannot be registered", offer, e);
            offer.giveBack(instance);
        }
    }

    private @Nullable Callout instance(FilterEngineImpl engine, CalloutOffer offer) {
        try {
            return offer.newInstance();
        } catch (IllegalStateException e) {
            LOG.error("callout {} gave no instance", offer, e);
            if (engine == live) {
                operator.fault("callout " + offer + " gave no instance: " + e.getMessage() + "; its filters block");
            }
            return null;
        }
    }

    /** A callout's bundle goes: returns when nobody is inside, so that the bundle may stop. */
    void removeCallout(ServiceReference<Callout> reference) {
        synchronized (lock) {
            CalloutOffer offer = find(reference);
            if (offer != null) {
                remove(offer);
            }
        }
        operator.flush();
    }

    private @Nullable CalloutOffer find(ServiceReference<Callout> reference) {
        for (List<CalloutOffer> waiting : offers.values()) {
            for (CalloutOffer offer : waiting) {
                if (offer.reference.equals(reference)) {
                    return offer;
                }
            }
        }
        return null;
    }

    private void remove(CalloutOffer offer) {
        List<CalloutOffer> waiting = offers.getOrDefault(offer.name, List.of());
        boolean wasFirst = waiting.get(0) == offer;
        waiting.remove(offer);
        if (waiting.isEmpty()) {
            offers.remove(offer.name);
        }
        CalloutOffer next = !wasFirst || waiting.isEmpty() || isDeactivated ? null : waiting.get(0);
        for (FilterEngineImpl engine : engines) {
            if (offer.instances.containsKey(engine)) {
                unregister(engine, offer, next);
            } else if (next != null) {
                register(engine, next);
            }
        }
        offer.giveBackAll();
        LOG.info("callout {} is gone{}", offer, next == null ? "" : "; its place is taken by " + next);
    }

    private void unregister(FilterEngineImpl engine, CalloutOffer offer, @Nullable CalloutOffer next) {
        Callout successor = next == null ? null : instance(engine, next);
        try {
            boolean isClean = engine.replace(offer.name, next == null ? 0 : next.flags, successor);
            if (next != null && successor != null) {
                next.instances.put(engine, successor);
            }
            if (engine == live && !isDeactivated) {
                tellGone(offer, successor == null ? null : next, isClean);
            }
        } catch (PolicyException e) {
            LOG.debug("callout {} was not registered with a closed engine", offer, e);
            if (next != null && successor != null) {
                next.giveBack(successor);
            }
        }
    }

    private void tellGone(CalloutOffer offer, @Nullable CalloutOffer next, boolean isClean) {
        if (!isClean) {
            operator.fault(
                    "callout " + offer + " is stuck: a packet is still in it, or flows hold its contexts, after 2 s; "
                            + "it stays in memory until the gateway is restarted");
        }
        operator.state(
                next == null
                        ? "callout " + offer.name + " is gone; its filters block"
                        : "callout " + offer.name + " is registered by " + next.owner + " in place of " + offer.owner);
    }

    private void fault(String line) {
        LOG.error("{}", line);
        operator.fault(line);
    }

    /** An engine was closed by its owner. */
    private void closed(FilterEngineImpl engine) {
        synchronized (lock) {
            engines.remove(engine);
            if (live == engine) {
                live = null;
            }
            offers.values().forEach(waiting -> waiting.forEach(offer -> offer.giveBack(engine)));
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
}
