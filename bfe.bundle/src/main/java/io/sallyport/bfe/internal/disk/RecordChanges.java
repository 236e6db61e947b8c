package io.sallyport.bfe.internal.disk;

import io.sallyport.bfe.internal.store.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a commit changes in the records of a store: what has to be written, what undoes it, and what all records come to then,
 * which costs what is changed and not what there is.
 *
 * @param changed in the order of the keys, the new record; null: it goes
 * @param undo under the same keys, the record that was there; null: there was none
 * @param sum of the digests of all records, after it
 * @param recordBytes of all records after it, keys included
 */
record RecordChanges(
        Map<String, byte @Nullable []> changed, Map<String, byte @Nullable []> undo, Digest sum, long recordBytes) {

    /**
     * Leaves out of what is wanted what is there already.
     *
     * @param wanted by key, the record that shall be there; null: none
     * @param there the records of the store
     * @param sum of their digests
     * @param recordBytes what they come to
     */
    static RecordChanges of(
            Map<String, byte @Nullable []> wanted, Map<String, byte[]> there, Digest sum, long recordBytes) {
        // In the order of the keys, so that many of them go into one page of the tree after the other.
        List<Map.Entry<String, byte @Nullable []>> inOrder = new ArrayList<>(wanted.entrySet());
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
        return new RecordChanges(changed, undo, newSum, newBytes);
    }

    boolean isEmpty() {
        return changed.isEmpty();
    }

    /** Makes them in the records of the store, which are on disk when it commits. */
    void apply(Map<String, byte[]> records) {
        changed.forEach((key, record) -> {
            if (record == null) {
                records.remove(key);
            } else {
                records.put(key, record);
            }
        });
    }
}
