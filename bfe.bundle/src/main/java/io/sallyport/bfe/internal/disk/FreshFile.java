package io.sallyport.bfe.internal.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what a store holds into a new file, which takes the place of the old one. What the library keeps for itself, such as
 * which pages of a chunk are of use, is in no record, so no check of ours sees a bit of it that was turned. All records are whole
 * then, and the next commit is acknowledged, but leaves a file that the library refuses to open: two of 10,000 bits were such. So
 * none of it is taken over.
 */
final class FreshFile {
    private static final Logger LOG = LoggerFactory.getLogger(FreshFile.class);

    private FreshFile() {}

    /**
     * Reads and checks all of a file, without a change to it, then replaces it, durably: a crash leaves the old one or the new one.
     * If there is no room for a new one, or the disk fails, the old one stays, to be used as it is.
     *
     * @param file which is there
     * @param scheme of the library's file system; empty, or ends with a colon
     * @param seal of the newest revision
     * @return what is in either of them
     * @throws StoreDamagedException if it is not what was written last; the file is as it was
     * @throws IOException if it cannot be read
     */
    static StoreContents replace(Path file, String scheme, @Nullable Seal seal) throws IOException {
        MVStore look = StoreFile.open(scheme + file, true);
        try {
            StoreContents contents = StoreContents.read(look, seal);
            replace(file, scheme, look);
            return contents;
        } finally {
            look.closeImmediately();
        }
    }

    private static void replace(Path file, String scheme, MVStore from) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            // What a crash has left.
            Files.deleteIfExists(fresh);
            write(scheme + fresh, from);
            DurableFile.place(fresh, file);
        } catch (IOException e) {
            LOG.warn("{} could not be written anew and is used as it is: {}", file, e.getMessage());
            delete(fresh);
        }
    }

    private static void delete(Path unfinished) {
        try {
            Files.deleteIfExists(unfinished);
        } catch (IOException e) {
            LOG.debug("{} stays until the next time", unfinished, e);
        }
    }

    private static void write(String name, MVStore from) throws IOException {
        MVStore to = StoreFile.open(name, false);
        try {
            copy(StoreFile.records(from), StoreFile.records(to));
            copy(StoreFile.heads(from), StoreFile.heads(to));
            if (History.isThere(from)) {
                copy(History.map(from), History.map(to));
            }
            to.commit();
            to.sync();
        } catch (RuntimeException e) {
            // The library's own exceptions, and whatever else damage makes it throw.
            throw new IOException(e.getMessage(), e);
        } finally {
            // Nothing is written behind the sync: what is on disk is what takes the old one's place.
            to.closeImmediately();
        }
    }

    private static <K> void copy(MVMap<K, byte[]> from, MVMap<K, byte[]> to) {
        Cursor<K, byte[]> cursor = from.cursor(null);
        while (cursor.hasNext()) {
            to.append(cursor.next(), cursor.getValue());
        }
    }
}
