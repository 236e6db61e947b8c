package io.sallyport.itest.vendor;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Shows a test what became of flow contexts: how many were associated or restored, deleted, deleted more than once, and how
 * many packets those that were deleted have seen. Of one version: each has classes of its own.
 */
public final class VendorBooks implements Supplier<List<Long>> {
    static final AtomicLong ASSOCIATED = new AtomicLong();
    static final AtomicLong DELETED = new AtomicLong();
    static final AtomicLong PACKETS = new AtomicLong();
    static final AtomicLong DELETED_TWICE = new AtomicLong();

    @Override
    public List<Long> get() {
        return List.of(ASSOCIATED.get(), DELETED.get(), DELETED_TWICE.get(), PACKETS.get());
    }
}
