package io.sallyport.stack.internal.support;

import io.sallyport.engine.api.CalloutAccount;
import io.sallyport.engine.api.CalloutBudget;
import io.sallyport.engine.api.CalloutIdentity;
import java.util.concurrent.atomic.AtomicInteger;

/** A callout as the path knows it. */
public final class FakeCallout implements CalloutIdentity {
    private final CalloutAccount account = new CalloutAccount(CalloutBudget.DEFAULT);

    @Override
    public CalloutAccount account() {
        return account;
    }

    public final AtomicInteger faults = new AtomicInteger();
    public volatile boolean isRegistered = true;
    private final long serial;

    public FakeCallout(long serial) {
        this.serial = serial;
    }

    @Override
    public long serial() {
        return serial;
    }

    @Override
    public String name() {
        return "callout " + serial;
    }

    @Override
    public boolean isRegistered() {
        return isRegistered;
    }

    @Override
    public void fault(Throwable thrown) {
        faults.incrementAndGet();
    }

    @Override
    public void wentInCircles() {
        faults.incrementAndGet();
    }
}
