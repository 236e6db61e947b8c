package io.sallyport.bfe.internal.disk;

import io.sallyport.bfe.internal.store.Digest;
import io.sallyport.bfe.internal.store.PolicyState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects that outlive the BFE, in {@code policy.mv} and its {@code policy.seal}. Each commit is one revision: records,
 * and a header with a hash over all of them. It is on disk before {@link #commit} returns, and a reader finds either all of
 * it or nothing. A commit costs what it changes. For one thread at a time: the holder of the BFE's writer lock's.
 *
 * <p>A failed commit closes the MVStore; the next one opens and checks it anew.
 */
public final class PolicyStore implements AutoCloseable {
    /** The name of the file inside its folder. */
    public static final String FILE = "policy.mv";

    /** The name of the file that says which revision is the newest. */
    public static final String SEAL = "policy.seal";

    /** While it closes, new flows are judged by the boot-time policy: hence not for long. */
    private static final int TIDY_AT_CLOSE_MS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(PolicyStore.class);

    /** Of the library's file system; not empty if a test puts one in front that fails. */
    private final String scheme;

    private final Path file;
    private final Path sealFile;
    private final ObjectRecords objects = new ObjectRecords();
    private final History history = new History();
    private final Tidying tidying = new Tidying();
    private @Nullable MVStore store;
    private Head head = Head.NONE;
    private Digest sum = Digest.ZERO;
    private long recordBytes;
    /** The policy whose records are in the store; null: not known, though its records may be. */
    private @Nullable PolicyState kept;

    private long syncNs;

    private PolicyStore(Path folder, String scheme) {
        this.file = folder.resolve(FILE);
        this.scheme = scheme;
        this.sealFile = folder.resolve(SEAL);
    }

    /**
     * Opens the store of a folder, or begins one. All of it is checked: a damaged one is left as it is, a good one written anew.
     *
     * @param folder where the files are
     * @return a store; the caller closes it
     * @throws StoreDamagedException if a file is damaged or of another version
     * @throws IOException if it cannot be read
     */
    public static PolicyStore open(Path folder) throws IOException {
        return open(folder, "");
    }

    /** Opens it by a file system of the library's: {@code scheme} is empty or ends with a colon. */
    static PolicyStore open(Path folder, String scheme) throws IOException {
        PolicyStore opened = new PolicyStore(folder, scheme);
        opened.open();
        return opened;
    }

    /**
     * Tells whether nothing was ever committed.
     *
     * @return false from the first commit on
     */
    public boolean isNew() {
        return head.sequence() == 0;
    }

    /** The header of what was committed last. */
    Head head() {
        return head;
    }

    /**
     * The file that a message should name.
     *
     * @return a path
     */
    public Path file() {
        return file;
    }

    /**
     * What is in the store.
     *
     * @return the objects, and the built-in ones
     * @throws IOException if it cannot be read; {@link StoreDamagedException} if the records do not make a policy
     */
    public PolicyState load() throws IOException {
        MVStore from = opened();
        List<byte[]> records =
                StoreFile.guarded(() -> new ArrayList<>(StoreFile.records(from).values()));
        PolicyState state = ObjectCodec.restore(records, head.format(), head.counters());
        objects.loaded(records, head.format());
        // Records of an older format are all written anew.
        kept = head.format() == Head.FORMAT ? state : null;
        return state;
    }

    /**
     * Keeps the objects of a policy, and the history says nothing of it.
     *
     * @param next the policy
     * @return whether it is a new revision
     * @throws IOException if that failed: the store is as it was
     */
    public boolean commit(PolicyState next) throws IOException {
        return commit(next, CommitNote.NONE);
    }

    /**
     * Keeps the objects of a policy that outlive the BFE, durably. Writes nothing if they are there already.
     *
     * @param next the policy
     * @param note what the history shall say
     * @return whether it is a new revision
     * @throws IOException if that failed: the store is as it was
     */
    public boolean commit(PolicyState next, CommitNote note) throws IOException {
        MVStore target = opened();
        RecordChanges changes;
        Head newHead;
        Path seal;
        NavigableMap<Long, Revision> revisions;
        try {
            changes = changes(target, next);
            if (!isNew() && changes.isEmpty()) {
                kept = next;
                return false;
            }
            newHead = head.next(changes.sum(), next.counters(), Pending.of(note));
            long startNs = System.nanoTime();
            seal = newHead.seal().prepare(sealFile);
            syncNs += System.nanoTime() - startNs;
            revisions = history.write(target, revision(newHead, next, note), changes.undo());
            write(target, changes, newHead);
        } catch (IOException | RuntimeException e) {
            throw failed(e);
        }
        adopt(new StoreContents(newHead, changes.sum(), changes.recordBytes(), revisions));
        kept = next;
        place(seal);
        return true;
    }

    private Revision revision(Head newHead, PolicyState next, CommitNote note) {
        // Records of an older format are of no use to this version.
        boolean hasUndo = head.format() == Head.FORMAT;
        return new Revision(newHead.sequence(), next.revision(), newHead.before(), newHead.hash(), note, hasUndo, 0);
    }

    /**
     * The revisions that can be found again.
     *
     * @return oldest first
     */
    public List<Revision> history() {
        return history.list();
    }

    /**
     * The newest revision.
     *
     * @return null before the first one, and in a store of format 1
     */
    public @Nullable Revision newestRevision() {
        return history.find(head.sequence());
    }

    /**
     * Number of the newest revision.
     *
     * @return 0 before the first one
     */
    public long newest() {
        return head.sequence();
    }

    /**
     * Whether the newest revision waits for a confirmation.
     *
     * @return null if it stays
     */
    public @Nullable Pending pending() {
        return head.pending();
    }

    /**
     * Whether {@link #at} can find a revision.
     *
     * @param number of any
     * @return false if it is too old, or there never was one
     */
    public boolean isReachable(long number) {
        return history.isReachable(number);
    }

    /**
     * A revision as it was.
     *
     * @param number a reachable one; the one before the oldest of the history may be, too
     * @return its objects, with their run-time ids, and the built-in ones
     * @throws IOException if it cannot be read; {@link StoreDamagedException} if it is not what it was
     */
    public PolicyState at(long number) throws IOException {
        MVStore from = opened();
        TreeMap<String, byte[]> records = StoreFile.guarded(() -> new TreeMap<>(StoreFile.records(from)));
        history.goBack(StoreFile.guarded(() -> History.records(from, number + 1)), number, records);
        return ObjectCodec.restore(records.values(), Head.FORMAT, head.counters());
    }

    /**
     * Makes the newest revision stay, durably.
     *
     * @throws IOException if that failed: it is as it was
     */
    public void confirm() throws IOException {
        MVStore target = opened();
        Head confirmed = head.confirmed();
        try {
            StoreFile.putHead(target, confirmed);
            target.commit();
            target.sync();
        } catch (RuntimeException e) {
            throw failed(e);
        }
        head = confirmed;
    }

    private RecordChanges changes(MVStore target, PolicyState next) throws IOException {
        MVMap<String, byte[]> there = StoreFile.records(target);
        Map<String, byte @Nullable []> wanted = objects.changes(next, kept, there::get);
        if (kept == null) {
            // Nobody knows what the records are of: all that are not wanted go.
            there.keySet().forEach(key -> wanted.putIfAbsent(key, null));
        }
        return RecordChanges.of(wanted, there, sum, recordBytes);
    }

    /**
     * Writes a part of the file anew if much of it is of no use any more. For the time between commits.
     *
     * @return whether there is more to do
     */
    public boolean tidy() {
        MVStore open = store;
        if (open == null || open.isClosed()) {
            return false;
        }
        try {
            return tidying.step(open, recordBytes + history.sizeBytes());
        } catch (RuntimeException e) {
            LOG.warn("{} could not be made smaller", file, e);
            closeNow();
            return false;
        }
    }

    /**
     * What the records come to, keys included, without what the file's structure adds.
     *
     * @return bytes
     */
    public long recordBytes() {
        return recordBytes;
    }

    /**
     * What the history comes to, without what the file's structure adds.
     *
     * @return bytes
     */
    public long historyBytes() {
        return history.sizeBytes();
    }

    /**
     * How long commits have waited for the disk to confirm: the part of their time that is not ours.
     *
     * @return nanoseconds, of all commits so far
     */
    public long syncNs() {
        return syncNs;
    }

    /** The revision is on disk. A seal that cannot be renamed is one behind, which the next commit sets right first. */
    private void place(Path seal) {
        long startNs = System.nanoTime();
        try {
            DurableFile.place(seal, sealFile);
        } catch (IOException e) {
            LOG.warn("{} could not be replaced", sealFile, e);
            closeNow();
        }
        syncNs += System.nanoTime() - startNs;
    }

    /** Tells whether there was a store that is gone: moved away, or lost. */
    public static boolean isGone(Path folder) {
        return Files.exists(folder.resolve(SEAL)) && !Files.exists(folder.resolve(FILE));
    }

    /** Closes the files, and makes them small as far as time allows. What was committed is safe without it. */
    @Override
    public void close() {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIDY_AT_CLOSE_MS);
        while (tidy() && System.nanoTime() - deadlineNs < 0) {
            LOG.debug("{} is made small", file);
        }
        MVStore open = store;
        store = null;
        tidying.stop();
        if (open != null && !open.isClosed()) {
            StoreFile.close(open);
        }
    }

    private void write(MVStore target, RecordChanges changes, Head newHead) {
        changes.apply(StoreFile.records(target));
        StoreFile.putHead(target, newHead);
        target.commit();
        long startNs = System.nanoTime();
        target.sync();
        syncNs += System.nanoTime() - startNs;
    }

    private MVStore opened() throws IOException {
        MVStore open = store;
        return open == null || open.isClosed() ? open() : open;
    }

    private MVStore open() throws IOException {
        boolean isThere = Files.exists(file);
        Seal seal = isThere ? Seal.read(sealFile) : null;
        if (isThere) {
            // A look first, so that a damaged file stays as it is for whoever wants to rescue it.
            adopt(FreshFile.replace(file, scheme, seal));
        }
        MVStore opened = StoreFile.open(scheme + file, false);
        store = opened;
        try {
            adopt(StoreContents.read(opened, seal));
            if (seal != null && seal.sequence() < head.sequence()) {
                DurableFile.place(head.seal().prepare(sealFile), sealFile);
            }
        } catch (IOException e) {
            closeNow();
            throw e;
        }
        return opened;
    }

    /** What is on disk now: found there, or written. */
    private void adopt(StoreContents found) {
        if (!found.head().equals(head)) {
            // The revision that failed may be on disk after all.
            kept = null;
        }
        history.adopt(found.revisions());
        head = found.head();
        sum = found.sum();
        recordBytes = found.recordBytes();
    }

    /** The file may hold anything now: it is opened and checked anew before it is used again. */
    private IOException failed(Exception cause) {
        closeNow();
        return new IOException(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    }

    private void closeNow() {
        MVStore open = store;
        store = null;
        tidying.stop();
        if (open != null) {
            open.closeImmediately();
        }
    }
}
