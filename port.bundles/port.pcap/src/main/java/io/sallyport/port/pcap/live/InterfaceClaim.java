package io.sallyport.port.pcap.live;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Interfaces that this process has for itself: a second gateway on one of them would pass what the first one blocks. One
 * locked file for each, named by network namespace and interface index; the lock dies with the process, whatever ends it.
 * The number inside is for people. Management plane; for one thread.
 */
final class InterfaceClaim implements AutoCloseable {
    private static final int MOST_DIGITS = 20;

    private final Deque<FileChannel> held = new ArrayDeque<>();

    private InterfaceClaim() {}

    /**
     * Claims interfaces.
     *
     * @param root of the file system
     * @param interfaces that exist
     * @return to be closed when they are closed
     * @throws IOException if another process has one of them; the message names interface and process, and what to do
     */
    static InterfaceClaim take(Path root, List<NetworkInterfaceFile> interfaces) throws IOException {
        Path folder = Files.createDirectories(root.resolve("run/sallyport"));
        String namespace = Files.readSymbolicLink(root.resolve("proc/self/ns/net"))
                .toString()
                .replaceAll("\\D", "");
        InterfaceClaim claim = new InterfaceClaim();
        try {
            for (NetworkInterfaceFile file : interfaces) {
                claim.add(file.name(), folder.resolve("net-" + namespace + "-" + file.index() + ".lock"));
            }
            return claim;
        } catch (IOException | RuntimeException e) {
            claim.close();
            throw e;
        }
    }

    private void add(String name, Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        held.push(channel);
        if (lock(channel) == null) {
            ByteBuffer owner = ByteBuffer.allocate(MOST_DIGITS);
            channel.read(owner, 0);
            throw new IOException("interface " + name + " is in use by the gateway of process "
                    + new String(owner.array(), 0, owner.position(), StandardCharsets.US_ASCII).strip()
                    + "; stop that one, or choose another interface");
        }
        channel.truncate(0);
        channel.write(
                ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)), 0);
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException ours) {
            return null;
        }
    }

    /** Gives the interfaces up. The files stay: one that is deleted could be locked twice. Idempotent. */
    @Override
    public void close() {
        while (!held.isEmpty()) {
            try {
                held.pop().close();
            } catch (IOException e) {
                // the lock is gone with the descriptor, whatever the file system says
            }
        }
    }
}
