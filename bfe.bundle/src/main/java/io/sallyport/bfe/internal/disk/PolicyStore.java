package io.sallyport.bfe.internal.disk;

import io.sallyport.bfe.internal.store.PolicyState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects that outlive the BFE, in {@code policy.mv} and its {@code policy.seal}. Each commit is one revision: records,
 * and a header with a hash over all of them. It is on disk before {@link #commit} returns, and a reader finds either all of
 * it or nothing. For the holder of the BFE's writer lock only.
 *
 * <p>A failed commit closes the MVStore; the next one opens and checks it anew.
 */
public final class PolicyStore implements AutoCloseable {
    /** The name of the file inside its folder. */
    public static final String FILE = "policy.mv";

    static final String SEAL = "policy.seal";
    private static final String RECORDS = "records";
    private static final String HEAD = "head";
    private static final String HEAD_KEY = "revision";
    /** While it closes, new flows are judged by the boot-time policy: hence not for long. */
    private static final int COMPACT_AT_CLOSE_MS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(PolicyStore.class);

    private final Path file;
    private final Path sealFile;
    private final ObjectRecords objects = new ObjectRecords();
    private @Nullable MVStore store;
    private SortedMap<String, byte[]> records = new TreeMap<>();
    private Head head = Head.NONE;

    private PolicyStore(Path folder) {
        this.file = folder.resolve(FILE);
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
        PolicyStore opened = new PolicyStore(folder);
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
     * @throws StoreDamagedException if the records do not make a policy
     */
    public PolicyState load() throws StoreDamagedException {
        PolicyState state = ObjectCodec.restore(records.values(), head.format());
        objects.loaded(records, head.format());
        return state;
    }

    /**
     * Keeps the objects of a policy that outlive the BFE, durably. Writes nothing if they are there already.
     *
     * @param next the policy
     * @throws IOException if that failed: the store is as it was
     */
    public void commit(PolicyState next) throws IOException {
        SortedMap<String, byte[]> wanted = objects.encode(next);
        if (!isNew() && isEqual(records, wanted)) {
            return;
        }
        MVStore target = store;
        if (target == null || target.isClosed()) {
            target = open();
        }
        Head newHead = head.next(wanted);
        Path seal;
        try {
            seal = newHead.seal().prepare(sealFile);
            write(target, wanted, newHead);
        } catch (IOException | RuntimeException e) {
            closeNow();
            throw new IOException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
        records = wanted;
        head = newHead;
        place(seal);
    }

    /** The revision is on disk. A seal that cannot be renamed is one behind, which the next commit sets right first. */
    private void place(Path seal) {
        try {
            DurableFile.place(seal, sealFile);
        } catch (IOException e) {
            LOG.warn("{} could not be replaced", sealFile, e);
            closeNow();
        }
    }

    /** Tells whether there was a store that is gone: moved away, or lost. */
    public static boolean isGone(Path folder) {
        return Files.exists(folder.resolve(SEAL)) && !Files.exists(folder.resolve(FILE));
    }

    /** Closes the files, and makes them small. What was committed is safe without it. */
    @Override
    public void close() {
        MVStore open = store;
        store = null;
        if (open != null && !open.isClosed()) {
            try {
                open.close(COMPACT_AT_CLOSE_MS);
            } catch (MVStoreException e) {
                open.closeImmediately();
            }
        }
    }

    private void write(MVStore target, Map<String, byte[]> wanted, Head newHead) {
        MVMap<String, byte[]> map = map(target, RECORDS);
        for (String key : Set.copyOf(map.keySet())) {
            if (!wanted.containsKey(key)) {
                map.remove(key);
            }
        }
        wanted.forEach((key, record) -> {
            if (!Arrays.equals(record, map.get(key))) {
                map.put(key, record);
            }
        });
        map(target, HEAD).put(HEAD_KEY, newHead.encode());
        target.commit();
        target.sync();
    }

    private MVStore open() throws IOException {
        boolean isThere = Files.exists(file);
        Seal seal = isThere ? Seal.read(sealFile) : null;
        if (isThere) {
            // A look first, so that a damaged file stays as it is for whoever wants to rescue it.
            MVStore look = openFile(true);
            try {
                read(look, seal);
            } finally {
                look.closeImmediately();
            }
        }
        MVStore opened = openFile(false);
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

    private MVStore openFile(boolean isReadOnly) throws IOException {
        // Without a buffer size of 0 a large commit would be written in parts, and a crash between two of them would
        // leave half.
        MVStore.Builder builder = new MVStore.Builder()
                .fileName(file.toString())
                .autoCommitDisabled()
                .autoCommitBufferSize(0);
        if (isReadOnly) {
            builder.readOnly();
        }
        MVStore opened = guarded(builder::open);
        opened.setVersionsToKeep(0);
        opened.setRetentionTime(0);
        return opened;
    }

    /** Reads all records and holds them against the head and the seal. */
    private void read(MVStore from, @Nullable Seal seal) throws IOException {
        SortedMap<String, byte[]> found = guarded(() -> {
            TreeMap<String, byte[]> all = new TreeMap<>();
            map(from, RECORDS).forEach(all::put);
            return all;
        });
        byte[] headRecord = guarded(() -> map(from, HEAD).get(HEAD_KEY));
        Head foundHead = headRecord == null ? Head.NONE : Head.decode(headRecord);
        foundHead.check(found, seal);
        records = found;
        head = foundHead;
    }

    private static MVMap<String, byte[]> map(MVStore from, String name) {
        return from.openMap(
                name,
                new MVMap.Builder<String, byte[]>()
                        .keyType(StringDataType.INSTANCE)
                        .valueType(ByteArrayDataType.INSTANCE));
    }

    /** Damage makes the library fail in any way: with its own exception, in an assertion, or by asking for absurd memory. */
    private static <T> T guarded(Supplier<T> read) throws IOException {
        try {
            return read.get();
        } catch (MVStoreException e) {
            throw e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED
                    ? new IOException("it is in use by another process", e)
                    : new StoreDamagedException("it is damaged or cannot be read (" + e.getMessage() + ")", e);
        } catch (RuntimeException | AssertionError | OutOfMemoryError | StackOverflowError e) {
            throw new StoreDamagedException("it is damaged or cannot be read (" + e + ")", e);
        }
    }

    private void closeNow() {
        MVStore open = store;
        store = null;
        if (open != null) {
            open.closeImmediately();
        }
    }

    private static boolean isEqual(Map<String, byte[]> a, Map<String, byte[]> b) {
        return a.size() == b.size()
                && a.entrySet().stream().allMatch(entry -> Arrays.equals(entry.getValue(), b.get(entry.getKey())));
    }
}
