package io.sallyport.bfe.internal.disk;

import io.sallyport.bfe.internal.store.Digest;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.SingleFileStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;

/** The library's file of a {@link PolicyStore}: how it is opened and read, and what its failures mean. */
final class StoreFile {
    private static final String RECORDS = "records";
    private static final String HEAD = "head";

    private StoreFile() {}

    /** What all records come to; {@code hash} as their head's format has it. */
    record Contents(int count, long recordBytes, Digest sum, String hash) {}

    /** Opens a file, or makes one; its name is as the library takes it. */
    static MVStore open(String file, boolean isReadOnly) throws IOException {
        // Ours to close: damage that makes the library fail otherwise than by its own exception would leave it open,
        // and locked.
        SingleFileStore channel = guarded(() -> new SingleFileStore(Map.of()).open(file, isReadOnly));
        // Without a buffer size of 0 a large commit would be written in parts, and a crash between two of them would
        // leave half.
        MVStore.Builder builder = new MVStore.Builder()
                .adoptFileStore(channel)
                .autoCommitDisabled()
                .autoCommitBufferSize(0);
        MVStore opened;
        try {
            opened = guarded(builder::open);
        } catch (IOException e) {
            close(channel, e);
            throw e;
        }
        opened.setVersionsToKeep(0);
        opened.setRetentionTime(0);
        return opened;
    }

    /** The library has closed it, but for failures that it does not expect. */
    private static void close(SingleFileStore channel, IOException cause) {
        try {
            channel.close();
        } catch (MVStoreException e) {
            cause.addSuppressed(e);
        }
    }

    static long bytes(MVStore open) {
        return open.getFileStore().size();
    }

    /** The objects, by kind and key. */
    static MVMap<String, byte[]> records(MVStore from) {
        return map(from, RECORDS);
    }

    /** One entry: the header. */
    static MVMap<String, byte[]> head(MVStore from) {
        return map(from, HEAD);
    }

    private static MVMap<String, byte[]> map(MVStore from, String name) {
        return from.openMap(
                name,
                new MVMap.Builder<String, byte[]>()
                        .keyType(StringDataType.INSTANCE)
                        .valueType(ByteArrayDataType.INSTANCE));
    }

    /** Reads all records. */
    static Contents contents(Map<String, byte[]> records, Head head) {
        Head.OldHash oldHash = head.newOldHash();
        int count = 0;
        long bytes = 0;
        Digest sum = Digest.ZERO;
        for (Map.Entry<String, byte[]> entry : records.entrySet()) {
            count++;
            bytes += entry.getKey().length() + entry.getValue().length;
            sum = sum.plus(Head.digestOf(entry.getKey(), entry.getValue()));
            if (oldHash != null) {
                oldHash.add(entry.getKey(), entry.getValue());
            }
        }
        return new Contents(count, bytes, sum, oldHash == null ? sum.hex() : oldHash.hex());
    }

    /** Damage makes the library fail in any way: with its own exception, in an assertion, or by asking for absurd memory. */
    static <T> T guarded(Supplier<T> read) throws IOException {
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
}
