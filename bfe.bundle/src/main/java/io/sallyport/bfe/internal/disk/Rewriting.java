package io.sallyport.bfe.internal.disk;

import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/**
 * Writes all entries of the store's maps anew, some at a time, as they are. A commit writes whole pages, so old parts of the file soon hold
 * little that counts; when nothing is left in them they are free. The library's own compaction passes over chunks like these.
 * For the thread of the store.
 */
final class Rewriting {
    /** What a step writes at least, unless less is left: some tens of milliseconds on a slow disk. */
    private static final int STEP_BYTES = 512 << 10;

    /** One entry in so many bytes is put again, which writes its whole page: pages hold more, unless most of one was deleted. */
    private static final int STRIDE_BYTES = 2_048;

    private final MVMap<String, byte[]> records;
    private final MVMap<Long, byte[]> history;
    private @Nullable String nextRecord;
    private @Nullable Long nextRevision;
    private int left;

    Rewriting(MVMap<String, byte[]> records, MVMap<Long, byte[]> history) {
        this.records = records;
        this.history = history;
        this.nextRecord = records.firstKey();
        this.nextRevision = history.firstKey();
    }

    /** Writes the next ones; false: all were written. What was added meanwhile may be missed: it is new anyway. */
    boolean step(MVStore store) {
        left = STEP_BYTES;
        nextRecord = rewrite(records, nextRecord);
        nextRevision = rewrite(history, nextRevision);
        store.commit();
        return nextRecord != null || nextRevision != null;
    }

    private <K> @Nullable K rewrite(MVMap<K, byte[]> map, @Nullable K from) {
        K key = from;
        int passed = STRIDE_BYTES;
        while (key != null && left > 0) {
            byte[] value = map.get(key);
            if (value != null) {
                passed += value.length;
                left -= value.length;
                if (passed >= STRIDE_BYTES) {
                    map.put(key, value);
                    passed = 0;
                }
            }
            key = map.higherKey(key);
        }
        return key;
    }
}
