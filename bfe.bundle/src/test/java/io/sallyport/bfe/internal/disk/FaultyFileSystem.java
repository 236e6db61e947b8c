package io.sallyport.bfe.internal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/**
 * The disk, until it is told to fail: for the store's library, by the name {@link #SCHEME}. For one test at a time.
 * Public, because the library makes instances.
 */
public final class FaultyFileSystem extends FilePathWrapper {
    static final String SCHEME = "faulty:";

    private static volatile Fault fault = Fault.NONE;
    private static final AtomicInteger READS_LEFT = new AtomicInteger();

    /** What fails. */
    public enum Fault {
        NONE,
        WRITE,
        SYNC,
        /** As damage does that the library does not expect: by no exception of a disk's. */
        READ
    }

    static void register() {
        FilePath.register(new FaultyFileSystem());
    }

    static void failAt(Fault next) {
        fault = next;
    }

    /** The first reads go well. */
    static void failAtReadsBehind(int reads) {
        READS_LEFT.set(reads);
        fault = Fault.READ;
    }

    @Override
    public String getScheme() {
        return SCHEME.substring(0, SCHEME.length() - 1);
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        return new Channel(super.open(mode));
    }

    private static final class Channel extends FileBase {
        private final FileChannel disk;

        Channel(FileChannel disk) {
            this.disk = disk;
        }

        private static void check(Fault at) throws IOException {
            if (fault == at) {
                throw new IOException("Input/output error");
            }
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            check(Fault.WRITE);
            return disk.write(from);
        }

        @Override
        public synchronized int write(ByteBuffer from, long position) throws IOException {
            check(Fault.WRITE);
            return disk.write(from, position);
        }

        @Override
        public void force(boolean hasMetadata) throws IOException {
            check(Fault.SYNC);
            disk.force(hasMetadata);
        }

        private static void checkRead() {
            if (fault == Fault.READ && READS_LEFT.getAndDecrement() <= 0) {
                throw new IllegalStateException("no such length");
            }
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            checkRead();
            return disk.read(to);
        }

        @Override
        public synchronized int read(ByteBuffer to, long position) throws IOException {
            checkRead();
            return disk.read(to, position);
        }

        @Override
        public long position() throws IOException {
            return disk.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            disk.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return disk.size();
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            disk.truncate(size);
            return this;
        }

        @Override
        public FileLock tryLock(long position, long size, boolean isShared) throws IOException {
            return disk.tryLock(position, size, isShared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            disk.close();
        }
    }
}
