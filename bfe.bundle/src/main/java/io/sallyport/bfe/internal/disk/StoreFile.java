package io.sallyport.bfe.internal.disk;

import java.io.IOException;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.SingleFileStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;
import org.jspecify.annotations.Nullable;

/** The library's file of a {@link PolicyStore}: how it is opened and read, and what its failures mean. */
final class StoreFile {
    private static final String RECORDS = "records";
    private static final String HEAD = "head";
    private static final String HEAD_KEY = "revision";

    private StoreFile() {}

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

    /** Closes it in order, or anyhow. */
    static void close(MVStore open) {
        try {
            open.close();
        } catch (MVStoreException e) {
            open.closeImmediately();
        }
    }

    static long bytes(MVStore open) {
        return open.getFileStore().size();
    }

    /** The objects, by kind and key. */
    static MVMap<String, byte[]> records(MVStore from) {
        return map(from, RECORDS);
    }

    /** The header, if there is one: nothing else is in there. */
    static MVMap<String, byte[]> heads(MVStore from) {
        return map(from, HEAD);
    }

    /** The header; null before the first commit. */
    static byte @Nullable [] head(MVStore from) {
        return heads(from).get(HEAD_KEY);
    }

    /** Puts a header in the place of the one that is there. */
    static void putHead(MVStore to, Head head) {
        heads(to).put(HEAD_KEY, head.encode());
    }

    /**
     * Tells all entries of a map in the order of their keys, and that a search finds each of them. A turned bit in a key of a
     * page, be it of the pages that only lead to others, leaves the entries whole but sends a search for some of them astray, or
     * back and so round for ever: entries are gone through by their places, and each is searched for.
     *
     * @param first where to begin; null for the first one
     * @throws MVStoreException if one is out of order, or not found
     */
    static <K extends Comparable<K>> void read(MVMap<K, byte[]> from, @Nullable K first, BiConsumer<K, byte[]> each) {
        K last = null;
        Cursor<K, byte[]> cursor = from.cursor(first);
        while (cursor.hasNext()) {
            K key = cursor.next();
            if (last != null && key.compareTo(last) <= 0) {
                throw DataUtils.newMVStoreException(
                        DataUtils.ERROR_FILE_CORRUPT, "in {0}, {1} stands behind {2}", from.getName(), key, last);
            }
            if (!from.containsKey(key)) {
                throw DataUtils.newMVStoreException(
                        DataUtils.ERROR_FILE_CORRUPT, "in {0}, {1} is there but not found", from.getName(), key);
            }
            each.accept(key, cursor.getValue());
            last = key;
        }
    }

    private static MVMap<String, byte[]> map(MVStore from, String name) {
        return from.openMap(
                name,
                new MVMap.Builder<String, byte[]>()
                        .keyType(StringDataType.INSTANCE)
                        .valueType(ByteArrayDataType.INSTANCE));
    }

    /** What the library says, without the names of objects in memory that it puts in between. */
    private static String words(MVStoreException e) {
        return String.valueOf(e.getMessage()).replaceAll("\\S+@[0-9a-f]+ ", "");
    }

    /** Damage makes the library fail in any way: with its own exception, in an assertion, or by asking for absurd memory. */
    static <T> T guarded(Supplier<T> read) throws IOException {
        try {
            return read.get();
        } catch (MVStoreException e) {
            throw e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED
                    ? new IOException("it is in use by another process", e)
                    : new StoreDamagedException("it is damaged or cannot be read (" + words(e) + ")", e);
        } catch (RuntimeException | AssertionError | OutOfMemoryError | StackOverflowError e) {
            throw new StoreDamagedException("it is damaged or cannot be read (" + e + ")", e);
        }
    }
}
