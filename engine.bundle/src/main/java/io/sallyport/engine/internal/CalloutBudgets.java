package io.sallyport.engine.internal;

import io.sallyport.engine.api.BundleBudgets;
import io.sallyport.engine.api.CalloutAccount;
import io.sallyport.engine.api.CalloutBudget;
import org.jspecify.annotations.Nullable;

/** Has each callout keep to what was approved for its bundle. Any thread; without a lock, and best without any of others. */
final class CalloutBudgets {
    private volatile @Nullable BundleBudgets approved;

    /** Asks another service from now on; null: nobody, and new callouts get the default. */
    void ask(@Nullable BundleBudgets service) {
        approved = service;
    }

    /** Nobody is asked any more, if it was this one. */
    void forget(BundleBudgets service) {
        if (approved == service) {
            approved = null;
        }
    }

    /** Gives an instance what its bundle may use. What is known stays in force while nobody can be asked. */
    void apply(CalloutOffer offer, CalloutAccount account) {
        BundleBudgets service = approved;
        if (service != null) {
            CalloutBudget budget = service.budgetOf(offer.bundleId());
            account.setBudget(budget == null ? CalloutBudget.DEFAULT : budget);
        }
    }
}
