package io.sallyport.bfe.internal.live;

import io.sallyport.bfe.internal.disk.CommitNote;
import io.sallyport.bfe.internal.disk.Pending;
import io.sallyport.bfe.internal.disk.PolicyStore;
import io.sallyport.bfe.internal.disk.Revision;
import io.sallyport.bfe.internal.session.Persistence;
import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a commit in the home folder: {@code boot.bin} first, because it can be put back, then the store, whose commit
 * decides. After a crash in between, {@code boot.bin} is one commit ahead until the next start writes it anew.
 *
 * <p>All files are written by one thread of its own: an interrupt of a caller's thread would close them under the library.
 */
final class LivePersistence implements Persistence, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LivePersistence.class);

    private final PolicyStore store;
    private final BootTimePolicy bootTime;
    private final Operator operator;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread it = new Thread(task, "bfe-store");
        it.setDaemon(true);
        return it;
    });
    private volatile boolean isStarted;
    /** Whose boot-time part is in {@code boot.bin}; of the thread. */
    private @Nullable PolicyState inBootFile;

    LivePersistence(PolicyStore store, BootTimePolicy bootTime, Operator operator) {
        this.store = store;
        this.bootTime = bootTime;
        this.operator = operator;
    }

    /** From now on the operator is told of failures; before, they are the start's. */
    void started() {
        isStarted = true;
    }

    @Override
    public @Nullable Revision persist(PolicyState next, CommitNote note) throws PolicyException {
        try {
            Optional<Revision> made = onThread(() -> Optional.ofNullable(write(next, note)));
            tidySoon();
            return made.orElse(null);
        } catch (IOException e) {
            String line = "the policy could not be written to " + store.file().getParent() + ": " + Reasons.of(e)
                    + "; nothing was changed: make room or repair the disk, then commit again";
            if (isStarted) {
                operator.fault(line);
            }
            throw new PolicyException(WfpError.TXN_ABORTED, line, e);
        }
    }

    @Override
    public List<Revision> revisions() throws PolicyException {
        return read(store::history);
    }

    @Override
    public PolicyState at(long number) throws PolicyException {
        if (!isReachable(number)) {
            throw new PolicyException(WfpError.NOT_FOUND, "revision " + number + " is not kept any more");
        }
        return read(() -> store.at(number));
    }

    @Override
    public boolean isReachable(long number) throws PolicyException {
        return read(() -> store.isReachable(number));
    }

    @Override
    public @Nullable Pending pending() throws PolicyException {
        return read(() -> Optional.ofNullable(store.pending())).orElse(null);
    }

    @Override
    public void confirm() throws PolicyException {
        read(() -> {
            store.confirm();
            return true;
        });
    }

    private <T> T read(Callable<T> task) throws PolicyException {
        try {
            return onThread(task);
        } catch (IOException e) {
            throw new PolicyException(WfpError.TXN_ABORTED, store.file() + ": " + Reasons.of(e), e);
        }
    }

    /** Closes the store. */
    @Override
    public void close() {
        try {
            onThread(() -> {
                store.close();
                return true;
            });
        } catch (IOException e) {
            LOG.warn("closing {}", store.file(), e);
        }
        thread.shutdown();
    }

    private @Nullable Revision write(PolicyState next, CommitNote note) throws IOException {
        PolicyState before = inBootFile;
        if (before != null && next.since(before).isBootTimePartSame()) {
            boolean isNew = store.commit(next, note);
            inBootFile = next;
            return isNew ? store.newestRevision() : null;
        }
        BootTimePolicy.Undo undo = bootTime.write(ImageTranslator.translateBootTime(next));
        boolean isNew;
        try {
            isNew = store.commit(next, note);
        } catch (IOException e) {
            putBack(undo);
            throw e;
        }
        inBootFile = next;
        try {
            bootTime.settle();
        } catch (IOException e) {
            LOG.warn("a left-over of the boot-time policy could not be deleted", e);
        }
        return isNew ? store.newestRevision() : null;
    }

    /** Between commits, step by step: a commit that comes meanwhile waits for one step. */
    private void tidySoon() {
        try {
            thread.execute(() -> {
                if (store.tidy()) {
                    tidySoon();
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("the store is closed, and closing makes it small", e);
        }
    }

    private void putBack(BootTimePolicy.Undo undo) {
        try {
            undo.run();
        } catch (IOException e) {
            operator.fault(bootTime.file() + " could not be put back: " + Reasons.of(e)
                    + "; the next commit or start of the gateway writes it anew");
        }
    }

    private <T> T onThread(Callable<T> task) throws IOException {
        Future<T> future = thread.submit(task);
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException it ? it : new IOException(e.getCause());
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
