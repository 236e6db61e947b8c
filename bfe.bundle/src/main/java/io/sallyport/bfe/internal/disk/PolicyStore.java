package io.sallyport.bfe.internal.disk;

import io.sallyport.bfe.internal.store.Digest;
import io.sallyport.bfe.internal.store.PolicyState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
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

    private static final String HEAD_KEY = "revision";
    /** While it closes, new flows are judged by the boot-time policy: hence not for long. */
    private static final int TIDY_AT_CLOSE_MS = 100;

    /** About how long a step of {@link #tidy} takes, and a commit that comes meanwhile waits. */
    private static final int TIDY_STEP_MS = 50;
    /** What the file may be in any case. */
    private static final int SMALL_FILE_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(PolicyStore.class);

    /** As the library names it: tests put a file system in front that fails. */
    private final String libraryFile;

    private final Path file;
    private final Path sealFile;
    private final ObjectRecords objects = new ObjectRecords();
    private final History history = new History();
    private @Nullable MVStore store;
    private Head head = Head.NONE;
    private Digest sum = Digest.ZERO;
    private long recordBytes;
    /** The policy whose records are in the store; null: not known, though its records may be. */
    private @Nullable PolicyState kept;

    private @Nullable Rewriting rewriting;
    private long syncNs;

    /** What differs from the store, as far as it does. */
    private record Difference(
            Map<String, byte @Nullable []> changed, Map<String, byte @Nullable []> undo, Digest sum, long recordBytes) {
        boolean isEmpty() {
            return changed.isEmpty();
        }
    }

    private PolicyStore(Path folder, String scheme) {
        this.file = folder.resolve(FILE);
        this.libraryFile = scheme + file;
        this.sealFile = folder.resolve(SEAL);
    }

    /**
     * Opens the store of a folder, or begins one, and checks all of it. A store that is refused is left as it is.
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
        Difference difference;
        Head newHead;
        Path seal;
        NavigableMap<Long, Revision> revisions;
        try {
            difference = difference(target, next);
            if (!isNew() && difference.isEmpty()) {
                kept = next;
                return false;
            }
            newHead = head.next(difference.sum(), next.counters(), pending(note));
            long startNs = System.nanoTime();
            seal = newHead.seal().prepare(sealFile);
            syncNs += System.nanoTime() - startNs;
            revisions = history.write(target, revision(newHead, next, note), difference.undo());
            write(target, difference, newHead);
        } catch (IOException | RuntimeException e) {
            closeNow();
            throw new IOException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
        head = newHead;
        sum = difference.sum();
        recordBytes = difference.recordBytes();
        kept = next;
        history.adopt(revisions);
        place(seal);
        return true;
    }

    private static @Nullable Pending pending(CommitNote note) {
        return note.confirmMs() == 0 ? null : new Pending(note.when(), note.confirmMs());
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
            StoreFile.head(target).put(HEAD_KEY, confirmed.encode());
            target.commit();
            target.sync();
        } catch (RuntimeException e) {
            closeNow();
            throw new IOException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
        head = confirmed;
    }

    private Difference difference(MVStore target, PolicyState next) throws IOException {
        MVMap<String, byte[]> there = StoreFile.records(target);
        Map<String, byte @Nullable []> changes = objects.changes(next, kept, there::get);
        if (kept == null) {
            // Nobody knows what the records are of: all that are not wanted go.
            there.keySet().forEach(key -> changes.putIfAbsent(key, null));
        }
        // In the order of the keys, so that many of them go into one page of the tree after the other.
        List<Map.Entry<String, byte @Nullable []>> inOrder = new ArrayList<>(changes.entrySet());
        inOrder.sort(Map.Entry.comparingByKey());
        Map<String, byte @Nullable []> changed = new LinkedHashMap<>();
        Map<String, byte @Nullable []> undo = new LinkedHashMap<>();
        Digest newSum = sum;
        long newBytes = recordBytes;
        for (Map.Entry<String, byte @Nullable []> change : inOrder) {
            String key = change.getKey();
            byte[] record = change.getValue();
            byte[] old = there.get(key);
            if (Arrays.equals(old, record)) {
                continue;
            }
            if (old != null) {
                newSum = newSum.minus(Head.digestOf(key, old));
                newBytes -= key.length() + old.length;
            }
            changed.put(key, record);
            undo.put(key, old);
            if (record != null) {
                newSum = newSum.plus(Head.digestOf(key, record));
                newBytes += key.length() + record.length;
            }
        }
        return new Difference(changed, undo, newSum, newBytes);
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
            Rewriting running = rewriting;
            if (running == null) {
                if (StoreFile.bytes(open) <= SMALL_FILE_BYTES + 2 * (recordBytes + history.sizeBytes())) {
                    return false;
                }
                running = new Rewriting(StoreFile.records(open), History.map(open));
                rewriting = running;
            }
            if (running.step(open)) {
                return true;
            }
            rewriting = null;
            // Nothing is left in the old parts: what is behind them moves to their places, and the file ends there.
            open.compactFile(TIDY_STEP_MS);
            open.sync();
        } catch (RuntimeException e) {
            LOG.warn("{} could not be made smaller", file, e);
            closeNow();
        }
        return false;
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
        rewriting = null;
        if (open != null && !open.isClosed()) {
            try {
                open.close();
            } catch (MVStoreException e) {
                open.closeImmediately();
            }
        }
    }

    private void write(MVStore target, Difference difference, Head newHead) {
        MVMap<String, byte[]> map = StoreFile.records(target);
        difference.changed().forEach((key, record) -> {
            if (record == null) {
                map.remove(key);
            } else {
                map.put(key, record);
            }
        });
        StoreFile.head(target).put(HEAD_KEY, newHead.encode());
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
            MVStore look = StoreFile.open(libraryFile, true);
            try {
                read(look, seal);
            } finally {
                look.closeImmediately();
            }
        }
        MVStore opened = StoreFile.open(libraryFile, false);
        store = opened;
        try {
            read(opened, seal);
            if (seal != null && seal.sequence() < head.sequence()) {
                DurableFile.place(head.seal().prepare(sealFile), sealFile);
            }
        } catch (IOException e) {
            closeNow();
            throw e;
        }
        return opened;
    }

    /** Reads all records and holds them against the head and the seal. */
    private void read(MVStore from, @Nullable Seal seal) throws IOException {
        byte[] headRecord = StoreFile.guarded(() -> StoreFile.head(from).get(HEAD_KEY));
        Head found = headRecord == null ? Head.NONE : Head.decode(headRecord);
        StoreFile.Contents contents = StoreFile.guarded(() -> StoreFile.contents(StoreFile.records(from), found));
        found.check(contents.count() == 0, contents.hash(), seal);
        if (!found.equals(head)) {
            // The revision that failed may be on disk after all.
            kept = null;
        }
        history.read(StoreFile.guarded(() -> History.records(from, 0)), found);
        head = found;
        sum = contents.sum();
        recordBytes = contents.recordBytes();
    }

    private void closeNow() {
        MVStore open = store;
        store = null;
        rewriting = null;
        if (open != null) {
            open.closeImmediately();
        }
    }
}
