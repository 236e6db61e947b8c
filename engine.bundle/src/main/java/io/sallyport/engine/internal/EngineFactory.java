package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.BundleBudgets;
import io.sallyport.engine.api.BundleSigners;
import io.sallyport.engine.api.CalloutOwners;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.gateway.api.Notices;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
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
 * Makes engines, and hears of the callouts that bundles offer; {@link CalloutOffers} brings these to each engine.
 *
 * <p>An offer ends when its bundle begins to stop, before the bundle's own code hears of it, or else with its service. So a
 * bundle that never comes out of its stop decides nothing any more.
 */
@Component(service = {FilterEngineFactory.class, EngineFactory.class, CalloutOwners.class})
public final class EngineFactory implements FilterEngineFactory, CalloutOwners {
    private static final Logger LOG = LoggerFactory.getLogger(EngineFactory.class);

    private final OperatorLines operator = new OperatorLines();
    private final CalloutBudgets budgets = new CalloutBudgets();
    private final CalloutOffers offers = new CalloutOffers(operator, budgets);

    @Override
    public FilterEngine create(String name) {
        FilterEngineImpl engine = new FilterEngineImpl(name, offers::closed);
        offers.addEngine(engine, false);
        return engine;
    }

    /** Makes the engine of the live gateway; there is one at a time. The caller flushes {@link #operator}. */
    FilterEngineImpl createLive() {
        FilterEngineImpl engine = new FilterEngineImpl("live", offers::closed, operator);
        offers.addEngine(engine, true);
        return engine;
    }

    @Override
    public FilterEngine createWithoutCallouts(String name) {
        return new FilterEngineImpl(name);
    }

    /** Who watches the callouts of the live engine; null if there is no live engine. */
    @Nullable Warden warden() {
        FilterEngineImpl engine = offers.live();
        return engine == null ? null : engine.warden();
    }

    /** Who offers the callout that is registered under a name; null if nobody does. */
    @Nullable CalloutOffer offer(String name) {
        return offers.get(name);
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

    /** Says who signed a bundle, if anybody can. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addSigners(BundleSigners service) {
        offers.askSigners(service);
    }

    void removeSigners(BundleSigners service) {
        if (offers.signers() == service) {
            offers.askSigners(null);
        }
    }

    /** Says what callouts may use, if anybody does; those that are there already keep to it, too. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addBudgets(BundleBudgets service) {
        budgets.ask(service);
        offers.applyBudgets();
    }

    void removeBudgets(BundleBudgets service) {
        budgets.forget(service);
    }

    @Override
    public long ownerOf(String calloutName) {
        return offers.ownerOf(calloutName);
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
            LOG.error("{}", refusal);
            operator.fault(refusal);
        } else {
            offers.add(new CalloutOffer(reference, objects));
        }
        operator.flush();
    }

    /** A callout's bundle goes: returns when nobody is inside, so that the bundle may stop. */
    void removeCallout(ServiceReference<Callout> reference) {
        remove(offer -> offer.reference.equals(reference));
    }

    /** A bundle begins to stop. What its services bring later, when they are unregistered, finds nothing any more. */
    void withdraw(Bundle bundle) {
        remove(offer -> offer.isOf(bundle));
    }

    private void remove(Predicate<CalloutOffer> which) {
        offers.removeIf(which);
        operator.flush();
    }

    /** Hears of bundles that begin to stop, from now on; one that began before is caught up with. */
    @Activate
    void activate(BundleContext context) {
        SynchronousBundleListener listener = event -> {
            if (event.getType() == BundleEvent.STOPPING) {
                withdraw(event.getBundle());
            }
        };
        context.addBundleListener(listener);
        remove(CalloutOffer::isStopping);
    }

    /**
     * The framework unbinds every callout right after this; instances are given back there. The listener goes with the
     * bundle; until then it finds nothing.
     */
    @Deactivate
    void deactivate() {
        offers.end();
    }
}
