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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Interfaces that this process has for itself: a second gateway on one of them would pass what the first one blocks. One
 * locked file for each, named by network namespace and interface index; the lock dies with the process, whatever ends it.
 * The number inside is for people. Management plane; any thread.
 */
final class InterfaceClaim implements AutoCloseable {
    private static final int MOST_DIGITS = 20;

    private final Map<Path, FileChannel> held = new LinkedHashMap<>();
    private final Path root;

    private InterfaceClaim(Path root) {
        this.root = root;
    }

    /**
     * Claims interfaces.
     *
     * @param root of the file system
     * @param interfaces that exist
     * @return to be closed when they are closed
     * @throws IOException if another process has one of them; the message names interface and process, and what to do
     */
    static InterfaceClaim take(Path root, List<NetworkInterfaceFile> interfaces) throws IOException {
        InterfaceClaim claim = new InterfaceClaim(root);
        try {
            for (NetworkInterfaceFile file : interfaces) {
                claim.add(file);
            }
            return claim;
        } catch (IOException | RuntimeException e) {
            claim.close();
            throw e;
        }
    }

    /**
     * Claims one more, in place of one that was deleted.
     *
     * @throws IOException if another process has it
     */
    synchronized void add(NetworkInterfaceFile made) throws IOException {
        String name = made.name();
        Path file = Files.createDirectories(root.resolve("run/sallyport"))
                .resolve("net-" + namespace(root) + "-" + made.index() + ".lock");
        if (held.containsKey(file)) {
            return;
        }
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        held.put(file, channel);
        if (lock(channel) == null) {
            held.remove(file);
            ByteBuffer owner = ByteBuffer.allocate(MOST_DIGITS);
            channel.read(owner, 0);
            channel.close();
            throw new IOException("interface " + name + " is in use by the gateway of process "
                    + new String(owner.array(), 0, owner.position(), StandardCharsets.US_ASCII).strip()
                    + "; stop that one, or choose another interface");
        }
        channel.truncate(0);
        channel.write(
                ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)), 0);
    }

    /** The number of this process's network namespace. */
    static String namespace(Path root) throws IOException {
        return Files.readSymbolicLink(root.resolve("proc/self/ns/net"))
                .toString()
                .replaceAll("\\D", "");
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
    public synchronized void close() {
        for (FileChannel channel : held.values()) {
            try {
                channel.close();
            } catch (IOException e) {
                // the lock is gone with the descriptor, whatever the file system says
            }
        }
        held.clear();
    }
}
