package io.sallyport.callout.testkit;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.PendedItem;
import org.jspecify.annotations.Nullable;

/** An item that a callout has pended, or could not. */
public final class FakePendedItem implements PendedItem {

    private final Status status;
    private @Nullable Outcome outcome;

    /**
     * Answers a pend.
     *
     * @param status SUCCESS, or why not
     */
    public FakePendedItem(Status status) {
        this.status = status;
    }

    /**
     * How it was completed.
     *
     * @return null if it was not
     */
    public @Nullable Outcome outcome() {
        return outcome;
    }

    @Override
    public Status status() {
        return status;
    }

    @Override
    public Status complete(Outcome newOutcome) {
        if (status != Status.SUCCESS) {
            return Status.NOT_FOUND;
        }
        if (outcome != null) {
            return Status.ALREADY_COMPLETE;
        }
        outcome = newOutcome;
        return Status.SUCCESS;
    }
}
