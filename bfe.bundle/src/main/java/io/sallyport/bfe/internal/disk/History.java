package io.sallyport.bfe.internal.disk;

import io.sallyport.bfe.api.PolicyHistory;
import io.sallyport.bfe.internal.store.Digest;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;
import org.jspecify.annotations.Nullable;

/**
 * The revisions of a store, each with the records that it replaced: whoever undoes them from the newest one on finds any of
 * them. Written in the commit that makes the revision, so that there is both or neither. For the thread of the store.
 */
final class History {
    private static final String NAME = "history";
    /** What all of it may come to; the newest revision stays in any case. */
    private static final long MOST_BYTES = 64L << 20;

    private NavigableMap<Long, Revision> revisions = new TreeMap<>();

    /** Oldest first. */
    List<Revision> list() {
        return List.copyOf(revisions.values());
    }

    @Nullable Revision find(long number) {
        return revisions.get(number);
    }

    /**
     * The records of revisions from a number on.
     *
     * @throws MVStoreException as {@link StoreFile#read} does
     */
    static SortedMap<Long, byte[]> records(MVStore from, long first) {
        TreeMap<Long, byte[]> records = new TreeMap<>();
        if (isThere(from)) {
            StoreFile.read(map(from), first, records::put);
        }
        return records;
    }

    /**
     * Reads what is there: without a gap, up to the newest revision. A store of format 1 has none.
     *
     * @return what to {@link #adopt}
     */
    static NavigableMap<Long, Revision> read(SortedMap<Long, byte[]> records, Head head) throws StoreDamagedException {
        TreeMap<Long, Revision> found = new TreeMap<>();
        for (Map.Entry<Long, byte[]> entry : records.entrySet()) {
            Revision revision = Revision.decode(entry.getValue());
            if (revision.number() != entry.getKey()) {
                throw new StoreDamagedException(
                        "its history has revision " + revision.number() + " under the number " + entry.getKey());
            }
            Revision last = found.isEmpty() ? null : found.lastEntry().getValue();
            if (last != null
                    && !(last.number() + 1 == revision.number() && last.hash().equals(revision.before()))) {
                throw new StoreDamagedException("its history has a gap before revision " + revision.number());
            }
            found.put(revision.number(), revision);
        }
        boolean isMissing = found.isEmpty() && head.format() == Head.FORMAT && head.sequence() > 0;
        boolean isOther = !found.isEmpty()
                && (found.lastKey() != head.sequence()
                        || !found.lastEntry().getValue().hash().equals(head.hash()));
        if (isMissing || isOther) {
            throw new StoreDamagedException("its history is not that of its last revision");
        }
        return found;
    }

    /**
     * Puts a revision into the store's next commit, and takes the oldest ones out of it.
     *
     * @return what to {@link #adopt} when that is on disk
     */
    NavigableMap<Long, Revision> write(MVStore to, Revision revision, Map<String, byte @Nullable []> undo) {
        MVMap<Long, byte[]> map = map(to);
        byte[] record = Revision.encode(revision, undo);
        map.put(revision.number(), record);
        TreeMap<Long, Revision> next = new TreeMap<>(revisions);
        next.put(revision.number(), revision.sized(record.length));
        long bytes = sizeBytes(next);
        while (next.size() > PolicyHistory.MOST_REVISIONS || (bytes > MOST_BYTES && next.size() > 1)) {
            Revision oldest = next.pollFirstEntry().getValue();
            bytes -= oldest.sizeBytes();
            map.remove(oldest.number());
        }
        return next;
    }

    /** What it comes to in the store. */
    long sizeBytes() {
        return sizeBytes(revisions);
    }

    private static long sizeBytes(Map<Long, Revision> all) {
        return all.values().stream().mapToLong(Revision::sizeBytes).sum();
    }

    /** Takes over what was read, or is on disk now. */
    void adopt(NavigableMap<Long, Revision> all) {
        revisions = all;
    }

    /** Whether the records of a revision can be found, the one before the oldest included. */
    boolean isReachable(long number) {
        Revision next = revisions.get(number + 1);
        return revisions.containsKey(number) || (next != null && next.hasUndo());
    }

    /**
     * Turns the newest records into those of an older revision.
     *
     * @param later the records of all revisions after it
     * @param number a reachable one
     * @param records those of the newest revision, by key; they are changed
     */
    void goBack(SortedMap<Long, byte[]> later, long number, Map<String, byte[]> records) throws StoreDamagedException {
        Revision wanted = revisions.get(number);
        Revision next = revisions.get(number + 1);
        String hash = wanted != null ? wanted.hash() : next != null ? next.before() : "";
        for (Revision revision :
                revisions.tailMap(number, false).descendingMap().values()) {
            byte[] record = later.get(revision.number());
            if (record == null || !revision.hasUndo()) {
                throw new StoreDamagedException("there is no way back over revision " + revision.number());
            }
            Revision.undo(record).forEach((key, old) -> {
                if (old == null) {
                    records.remove(key);
                } else {
                    records.put(key, old);
                }
            });
        }
        Digest sum = Digest.ZERO;
        for (Map.Entry<String, byte[]> entry : records.entrySet()) {
            sum = sum.plus(Head.digestOf(entry.getKey(), entry.getValue()));
        }
        // Before the first revision there are no records, and no hash.
        if (!sum.hex().equals(hash) && !(number == 0 && records.isEmpty())) {
            throw new StoreDamagedException("the way back to revision " + number + " leads to other records");
        }
    }

    /** A store of format 1 has none. */
    static boolean isThere(MVStore from) {
        return from.hasMap(NAME);
    }

    static MVMap<Long, byte[]> map(MVStore from) {
        return from.openMap(
                NAME,
                new MVMap.Builder<Long, byte[]>().keyType(LongDataType.INSTANCE).valueType(ByteArrayDataType.INSTANCE));
    }
}
