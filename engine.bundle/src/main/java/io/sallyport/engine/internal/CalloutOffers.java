package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.BundleSigners;
import io.sallyport.engine.api.CalloutOwners;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.policy.PolicyException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the callouts that bundles offer to each engine of a factory: one instance for each engine.
 *
 * <p>Several offers of one name: the first one counts, the others wait and are told so (CALL-7); when it goes, the next
 * one takes its place without a gap. But another version of the same bundle takes over at once, contexts included, and the
 * version before waits: if the new one goes again, it is back in its place.
 *
 * <p>One lock, held also while an engine waits for a leaving callout; workers never take it. Vendors' code, which makes
 * instances and takes them back, runs without it and for a limited time ({@link VendorCall}). What the operator has to know
 * is noted under the lock and told after it, by who calls here.
 */
final class CalloutOffers {
    private static final Logger LOG = LoggerFactory.getLogger(CalloutOffers.class);

    private final Object lock = new Object();
    private final OperatorLines operator;
    private final CalloutBudgets budgets;
    /** By name, in the order of arrival; the first one is registered. */
    private final Map<String, List<CalloutOffer>> offers = new HashMap<>();

    private final List<FilterEngineImpl> engines = new ArrayList<>();
    /** The one whose callouts the operator hears of. */
    private @Nullable FilterEngineImpl live;

    private boolean isEnded;
    private volatile @Nullable BundleSigners signers;

    CalloutOffers(OperatorLines operator, CalloutBudgets budgets) {
        this.operator = operator;
        this.budgets = budgets;
    }

    /** Brings an engine whatever is offered, until it is {@link #closed}. */
    void addEngine(FilterEngineImpl engine, boolean isLive) {
        List<CalloutOffer> first = new ArrayList<>();
        synchronized (lock) {
            if (isLive) {
                live = engine;
                engine.watchCallouts();
            }
            engines.add(engine);
            offers.values().forEach(waiting -> first.add(waiting.get(0)));
        }
        first.forEach(offer -> register(engine, offer));
    }

    /** The live engine; null if there is none. */
    @Nullable FilterEngineImpl live() {
        synchronized (lock) {
            return live;
        }
    }

    /** Who offers the callout that is registered under a name; null if nobody does. */
    @Nullable CalloutOffer get(String name) {
        synchronized (lock) {
            List<CalloutOffer> waiting = offers.get(name);
            return waiting == null ? null : waiting.get(0);
        }
    }

    /** As {@link CalloutOwners} says. */
    long ownerOf(String name) {
        synchronized (lock) {
            CalloutOffer offer = get(name);
            if (offer == null || (live != null && !offer.instances.containsKey(live))) {
                return CalloutOwners.NOBODY;
            }
            return offer.bundleId();
        }
    }

    /** Who says from now on who signed a bundle; null: nobody can. */
    void askSigners(@Nullable BundleSigners service) {
        signers = service;
    }

    /** Who says it now. */
    @Nullable BundleSigners signers() {
        return signers;
    }

    /** Has the callouts that are there already keep to the budgets of now. */
    void applyBudgets() {
        List<FilterEngineImpl> all;
        synchronized (lock) {
            all = List.copyOf(engines);
        }
        for (FilterEngineImpl engine : all) {
            for (RegisteredCallout callout : engine.warden().registered()) {
                CalloutOffer offer = get(callout.name);
                if (offer != null) {
                    budgets.apply(offer, callout.account);
                }
            }
        }
    }

    /** A callout is offered. Any thread of the framework. */
    void add(CalloutOffer offer) {
        List<FilterEngineImpl> all;
        CalloutOffer before;
        synchronized (lock) {
            if (offer.isStopping()) {
                LOG.info("callout {} is not taken: its bundle is about to stop", offer);
                return;
            }
            List<CalloutOffer> waiting = offers.computeIfAbsent(offer.name, n -> new ArrayList<>());
            before = waiting.isEmpty() ? null : waiting.get(0);
            if (before == null) {
                waiting.add(offer);
            } else if (!offer.isOtherVersionOf(before, signers)) {
                waiting.add(offer);
                fault("callout " + offer + " is refused: the name is taken by " + before.owner
                        + "; uninstall one of the two");
                return;
            }
            all = List.copyOf(engines);
        }
        if (before != null) {
            takeOver(offer, before, all);
            return;
        }
        all.forEach(engine -> register(engine, offer));
        LOG.info("callout {} is there", offer);
    }

    /** Has a new version take the place of the one before, in all engines or in none. */
    private void takeOver(CalloutOffer offer, CalloutOffer before, List<FilterEngineImpl> all) {
        Map<FilterEngineImpl, OpenedCallout> fresh = new HashMap<>();
        for (FilterEngineImpl engine : all) {
            OpenedCallout instance = instance(engine, offer, before.owner + " keeps its place");
            if (instance != null) {
                fresh.put(engine, instance);
            }
        }
        List<Callout> back = List.of();
        List<FilterEngineImpl> rest = List.of();
        boolean isStale = false;
        synchronized (lock) {
            List<CalloutOffer> waiting = offers.getOrDefault(offer.name, List.of());
            if (isEnded || offer.isStopping()) {
                LOG.info("callout {} is not taken any more", offer);
            } else if (waiting.isEmpty() || waiting.get(0) != before) {
                isStale = true;
            } else if (fresh.size() < all.size()) {
                waiting.add(offer);
            } else {
                waiting.add(0, offer);
                engines.forEach(engine -> takeOver(engine, offer, before, fresh));
                back = before.takeAll();
                rest = engines.stream()
                        .filter(engine -> !offer.instances.containsKey(engine))
                        .toList();
            }
        }
        back.forEach(before::giveBack);
        fresh.values().forEach(left -> offer.giveBack(left.instance()));
        rest.forEach(engine -> register(engine, offer)); // one that was made meanwhile
        if (isStale) {
            add(offer); // who had the place is gone, or another version was faster
        }
    }

    /** Under the lock; takes what is registered out of the fresh instances. */
    private void takeOver(
            FilterEngineImpl engine,
            CalloutOffer offer,
            CalloutOffer before,
            Map<FilterEngineImpl, OpenedCallout> fresh) {
        OpenedCallout instance = fresh.get(engine);
        boolean isRegistered = before.instances.containsKey(engine)
                ? unregister(engine, before, offer, instance)
                : instance != null && isRegistered(engine, offer, instance);
        if (isRegistered) {
            fresh.remove(engine);
        }
    }

    /** Takes an instance, without the lock, and registers it if it still counts then. */
    private void register(FilterEngineImpl engine, CalloutOffer offer) {
        OpenedCallout instance = instance(engine, offer, "its filters block");
        if (instance == null) {
            return;
        }
        boolean isRegistered;
        synchronized (lock) {
            isRegistered = isWanted(engine, offer) && isRegistered(engine, offer, instance);
        }
        if (!isRegistered) {
            offer.giveBack(instance.instance());
        }
    }

    /** Not if the offer or the engine went in the meantime, or another thread was faster. */
    private boolean isWanted(FilterEngineImpl engine, CalloutOffer offer) {
        List<CalloutOffer> waiting = offers.get(offer.name);
        return waiting != null
                && waiting.get(0) == offer
                && engines.contains(engine)
                && !isEnded
                && !offer.instances.containsKey(engine);
    }

    private boolean isRegistered(FilterEngineImpl engine, CalloutOffer offer, OpenedCallout instance) {
        try {
            engine.registrar().register(offer.name, offer.flags, instance);
        } catch (PolicyException | IllegalStateException e) {
            LOG.error("callout {} cannot be registered", offer, e);
            return false;
        }
        offer.instances.put(engine, instance.instance());
        if (engine == live) {
            operator.state("callout " + offer.name + " is registered by " + offer.owner);
        }
        return true;
    }

    private @Nullable OpenedCallout instance(FilterEngineImpl engine, CalloutOffer offer, String consequence) {
        Callout made = null;
        try {
            made = offer.newInstance();
            OpenedCallout opened = engine.registrar().open(made);
            budgets.apply(offer, opened.door().account());
            return opened;
        } catch (IllegalStateException e) {
            LOG.error("callout {} gave no instance", offer, e);
            if (made != null) {
                offer.giveBack(made);
            }
            synchronized (lock) {
                if (engine == live) {
                    operator.fault("callout " + offer + " gave no instance: " + e.getMessage() + "; " + consequence);
                }
            }
            return null;
        }
    }

    /** Offers end: returns when nobody is inside any more. */
    void removeIf(Predicate<CalloutOffer> which) {
        List<CalloutOffer> all = new ArrayList<>();
        synchronized (lock) {
            offers.values().forEach(waiting -> waiting.stream().filter(which).forEach(all::add));
        }
        all.forEach(this::remove);
    }

    private void remove(CalloutOffer offer) {
        CalloutOffer next;
        List<FilterEngineImpl> all;
        synchronized (lock) {
            next = successor(offer);
            all = List.copyOf(engines);
        }
        Map<FilterEngineImpl, OpenedCallout> fresh = new HashMap<>();
        if (next != null) {
            for (FilterEngineImpl engine : all) {
                OpenedCallout instance = instance(engine, next, "its filters block");
                if (instance != null) {
                    fresh.put(engine, instance);
                }
            }
        }
        List<Callout> back;
        synchronized (lock) {
            back = remove(offer, next, fresh);
        }
        back.forEach(offer::giveBack);
        if (next != null) {
            fresh.values().forEach(left -> next.giveBack(left.instance()));
        }
    }

    /** Who takes its place; null: nobody, or it has no place. */
    private @Nullable CalloutOffer successor(CalloutOffer offer) {
        List<CalloutOffer> waiting = offers.getOrDefault(offer.name, List.of());
        return isEnded || waiting.size() < 2 || waiting.get(0) != offer ? null : waiting.get(1);
    }

    /**
     * Takes an offer away. Under the lock.
     *
     * @param fresh instances of its successor; what is registered is taken out of it
     * @return the instances of the offer
     */
    private List<Callout> remove(
            CalloutOffer offer, @Nullable CalloutOffer expected, Map<FilterEngineImpl, OpenedCallout> fresh) {
        CalloutOffer next = successor(offer);
        List<CalloutOffer> waiting = offers.getOrDefault(offer.name, List.of());
        if (!waiting.contains(offer)) {
            return List.of(); // another thread was faster
        }
        waiting.remove(offer);
        if (waiting.isEmpty()) {
            offers.remove(offer.name);
        }
        for (FilterEngineImpl engine : engines) {
            OpenedCallout instance = next == expected ? fresh.get(engine) : null;
            if (offer.instances.containsKey(engine)) {
                if (unregister(engine, offer, next, instance)) {
                    fresh.remove(engine);
                }
            } else if (next != null && instance != null && isRegistered(engine, next, instance)) {
                fresh.remove(engine);
            }
        }
        LOG.info("callout {} is gone{}", offer, next == null ? "" : "; its place is taken by " + next);
        return offer.takeAll();
    }

    /** Says whether the successor's instance is registered now. */
    private boolean unregister(
            FilterEngineImpl engine,
            CalloutOffer offer,
            @Nullable CalloutOffer next,
            @Nullable OpenedCallout successor) {
        try {
            Takeover takeover;
            if (next != null && successor != null && next.isOtherVersionOf(offer, signers)) {
                takeover = engine.registrar().update(offer.name, next.flags, successor);
            } else {
                takeover = new Takeover(
                        engine.registrar().replace(offer.name, next == null ? 0 : next.flags, successor), 0, 0);
            }
            if (next != null && successor != null) {
                next.instances.put(engine, successor.instance());
            }
            if (engine == live && !isEnded) {
                tellGone(offer, successor == null ? null : next, takeover);
            }
            return successor != null;
        } catch (PolicyException e) {
            LOG.debug("callout {} was not registered with a closed engine", offer, e);
            return false;
        }
    }

    private void tellGone(CalloutOffer offer, @Nullable CalloutOffer next, Takeover takeover) {
        if (!takeover.isClean()) {
            operator.fault(
                    "callout " + offer + " is stuck: a packet is still in it, or flows hold its contexts, after 2 s; "
                            + "it stays in memory until the gateway is restarted");
        }
        operator.state(
                next == null
                        ? "callout " + offer.name + " is gone; its filters block"
                        : "callout " + offer.name + " is registered by " + next.owner + " in place of " + offer.owner
                                + contexts(takeover));
    }

    private static String contexts(Takeover takeover) {
        long all = takeover.handedOver() + takeover.deleted();
        return all == 0 ? "" : "; " + takeover.handedOver() + " of " + all + " flow contexts are handed over";
    }

    private void fault(String line) {
        LOG.error("{}", line);
        operator.fault(line);
    }

    /** An engine was closed by its owner. */
    void closed(FilterEngineImpl engine) {
        Map<CalloutOffer, Callout> back = new LinkedHashMap<>();
        synchronized (lock) {
            engines.remove(engine);
            if (live == engine) {
                live = null;
            }
            offers.values()
                    .forEach(waiting -> waiting.forEach(offer -> {
                        Callout instance = offer.instances.remove(engine);
                        if (instance != null) {
                            back.put(offer, instance);
                        }
                    }));
        }
        back.forEach(CalloutOffer::giveBack);
    }

    /** Closes the engines; their instances are given back as the offers end. Nothing is taken any more. */
    void end() {
        List<FilterEngineImpl> all;
        synchronized (lock) {
            isEnded = true;
            all = List.copyOf(engines);
        }
        all.forEach(FilterEngineImpl::stop);
    }
}
