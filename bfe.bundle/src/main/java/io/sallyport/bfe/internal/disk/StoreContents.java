package io.sallyport.bfe.internal.disk;

import io.sallyport.bfe.internal.store.Digest;
import java.io.IOException;
import java.util.NavigableMap;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/**
 * What a store's file was found to hold: all of it was read, and held against its head and its seal.
 *
 * @param head of the newest revision; NONE before the first one
 * @param sum of the digests of all records
 * @param recordBytes what they come to, keys included
 * @param revisions the history
 */
record StoreContents(Head head, Digest sum, long recordBytes, NavigableMap<Long, Revision> revisions) {

    /**
     * Reads and checks everything.
     *
     * @param from an open file
     * @param seal of the newest revision; null if there is none
     * @throws StoreDamagedException if it is not what was written last
     */
    static StoreContents read(MVStore from, @Nullable Seal seal) throws IOException {
        byte[] headRecord = StoreFile.guarded(() -> StoreFile.head(from));
        Head found = headRecord == null ? Head.NONE : Head.decode(headRecord);
        Records records = StoreFile.guarded(() -> Records.of(StoreFile.records(from), found));
        found.check(records.count == 0, records.hash(), seal);
        NavigableMap<Long, Revision> revisions = History.read(StoreFile.guarded(() -> History.records(from, 0)), found);
        return new StoreContents(found, records.sum, records.bytes, revisions);
    }

    /** What all records come to. For one thread, which reads them one after the other. */
    private static final class Records {
        private final Head.@Nullable OldHash oldHash;
        private int count;
        private long bytes;
        private Digest sum = Digest.ZERO;

        private Records(Head head) {
            oldHash = head.newOldHash();
        }

        static Records of(MVMap<String, byte[]> all, Head head) {
            Records records = new Records(head);
            StoreFile.read(all, null, records::add);
            return records;
        }

        private void add(String key, byte[] record) {
            count++;
            bytes += key.length() + record.length;
            sum = sum.plus(Head.digestOf(key, record));
            if (oldHash != null) {
                oldHash.add(key, record);
            }
        }

        /** As their head's format has it. */
        String hash() {
            return oldHash == null ? sum.hex() : oldHash.hex();
        }
    }
}
