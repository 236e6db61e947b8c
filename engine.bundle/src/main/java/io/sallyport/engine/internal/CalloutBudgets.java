package io.sallyport.engine.internal;

import io.sallyport.engine.api.CalloutBudget;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What was approved, by the symbolic name of a bundle. Any thread. */
final class CalloutBudgets {
    private final Map<String, CalloutBudget> approved = new ConcurrentHashMap<>();

    void approve(String bundle, CalloutBudget budget) {
        approved.put(bundle, budget);
    }

    void forget(String bundle) {
        approved.remove(bundle);
    }

    CalloutBudget of(String bundle) {
        return approved.getOrDefault(bundle, CalloutBudget.DEFAULT);
    }

    /** Gives an instance what its bundle may use. */
    void apply(CalloutOffer offer, OpenedCallout callout) {
        callout.door().account().setBudget(of(offer.bundle));
    }
}
