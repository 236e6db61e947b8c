package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.internal.disk.CommitNote;
import io.sallyport.bfe.internal.disk.Pending;
import io.sallyport.bfe.internal.disk.PolicyStore;
import io.sallyport.bfe.internal.disk.Revision;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A policy store behind a BFE, without a home around it; can be made to fail. */
final class StorePersistence implements Persistence {
    private final PolicyStore store;

    /** What goes wrong when something is to be written, or read back. */
    volatile @Nullable PolicyException writeFailure;

    volatile @Nullable PolicyException readFailure;

    volatile @Nullable PolicyException historyFailure;

    StorePersistence(PolicyStore store) {
        this.store = store;
    }

    private interface Call<T> {
        T run() throws IOException;
    }

    private synchronized <T> T call(Call<T> call) throws PolicyException {
        try {
            return call.run();
        } catch (IOException e) {
            throw new PolicyException(WfpError.TXN_ABORTED, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public @Nullable Revision persist(PolicyState next, CommitNote note) throws PolicyException {
        fail(writeFailure);
        return call(() -> store.commit(next, note) ? store.newestRevision() : null);
    }

    @Override
    public List<Revision> revisions() throws PolicyException {
        fail(historyFailure);
        return call(store::history);
    }

    @Override
    public PolicyState at(long number) throws PolicyException {
        fail(readFailure);
        return call(() -> store.at(number));
    }

    @Override
    public boolean isReachable(long number) throws PolicyException {
        return call(() -> store.isReachable(number));
    }

    @Override
    public @Nullable Pending pending() throws PolicyException {
        return call(() -> Optional.ofNullable(store.pending())).orElse(null);
    }

    @Override
    public void confirm() throws PolicyException {
        fail(writeFailure);
        call(() -> {
            store.confirm();
            return true;
        });
    }

    private static void fail(@Nullable PolicyException e) throws PolicyException {
        if (e != null) {
            throw e;
        }
    }
}
