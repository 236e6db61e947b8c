package io.sallyport.bench.lab;

import io.sallyport.bench.net.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Network namespaces and links between them, named after this process, and a folder for files. Whatever was made is removed
 * by {@link #close}, also when the process is told to end. Needs root.
 */
public final class Lab implements AutoCloseable {
    private final String prefix;
    private final Path folder;
    private final List<NetworkNamespace> namespaces = new ArrayList<>();
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final Thread atExit = new Thread(this::closeQuietly, "lab-end");

    /**
     * An empty lab.
     *
     * @param name part of the names of its namespaces
     * @throws IOException if there can be no folder
     */
    public Lab(String name) throws IOException {
        prefix = "sybench-" + name + ProcessHandle.current().pid();
        folder = Files.createTempDirectory("sallyport-bench-");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * For files; gone when the lab is closed.
     *
     * @return a folder
     */
    public Path folder() {
        return folder;
    }

    /**
     * Makes a namespace with a loopback interface.
     *
     * @param name short
     * @return the namespace
     * @throws IOException if the machine refuses
     * @throws InterruptedException if the caller is interrupted
     */
    public synchronized NetworkNamespace namespace(String name) throws IOException, InterruptedException {
        NetworkNamespace namespace = new NetworkNamespace(prefix + "-" + name);
        Commands.run("ip", "netns", "add", namespace.name());
        namespaces.add(namespace);
        in(namespace, "link", "set", "lo", "up");
        return namespace;
    }

    /**
     * Runs {@code ip} in a namespace.
     *
     * @param namespace where
     * @param words arguments
     * @throws IOException if it fails
     * @throws InterruptedException if the caller is interrupted
     */
    public void in(NetworkNamespace namespace, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip", "-n", namespace.name()));
        command.addAll(List.of(words));
        Commands.run(command.toArray(String[]::new));
    }

    /**
     * Runs a tool in a namespace.
     *
     * @param namespace where
     * @param words program and arguments
     * @return what it printed
     * @throws IOException if it fails
     * @throws InterruptedException if the caller is interrupted
     */
    public String exec(NetworkNamespace namespace, String... words) throws IOException, InterruptedException {
        return Commands.run(inside(namespace, words));
    }

    /**
     * The words that run a tool in a namespace.
     *
     * @param namespace where
     * @param words program and arguments
     * @return the longer command
     */
    public static String[] inside(NetworkNamespace namespace, String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace.name()));
        command.addAll(List.of(words));
        return command.toArray(String[]::new);
    }

    /**
     * Links two namespaces by a pair of virtual interfaces, both up, without offloads: what is on the link then is what is on
     * a wire, frames of at most the MTU with finished checksums.
     *
     * @param one namespace
     * @param oneName of the interface there
     * @param other namespace
     * @param otherName of the interface there
     * @throws IOException if it fails
     * @throws InterruptedException if the caller is interrupted
     */
    public void link(NetworkNamespace one, String oneName, NetworkNamespace other, String otherName)
            throws IOException, InterruptedException {
        in(one, "link", "add", oneName, "type", "veth", "peer", "name", otherName, "netns", other.name());
        finish(one, oneName);
        finish(other, otherName);
    }

    private void finish(NetworkNamespace namespace, String name) throws IOException, InterruptedException {
        exec(
                namespace, "ethtool", "-K", name, "gro", "off", "gso", "off", "tso", "off", "tx", "off", "rx", "off",
                "sg", "off");
        in(namespace, "link", "set", name, "up");
    }

    /**
     * Gives an interface addresses.
     *
     * @param namespace where
     * @param name of the interface
     * @param addresses with prefix lengths
     * @throws IOException if it fails
     * @throws InterruptedException if the caller is interrupted
     */
    public void addresses(NetworkNamespace namespace, String name, String... addresses)
            throws IOException, InterruptedException {
        for (String address : addresses) {
            if (address.contains(":")) {
                in(namespace, "address", "add", address, "dev", name, "nodad");
            } else {
                in(namespace, "address", "add", address, "dev", name);
            }
        }
    }

    /**
     * The MAC address of an interface.
     *
     * @param namespace where
     * @param name of the interface
     * @return with colons
     * @throws IOException if there is no such interface
     * @throws InterruptedException if the caller is interrupted
     */
    public String mac(NetworkNamespace namespace, String name) throws IOException, InterruptedException {
        return exec(namespace, "cat", "/sys/class/net/" + name + "/address").strip();
    }

    /**
     * Has something closed with the lab, before its namespaces go.
     *
     * @param <T> its type
     * @param part such as a process
     * @return the same
     */
    public synchronized <T extends AutoCloseable> T add(T part) {
        parts.add(part);
        return part;
    }

    @Override
    public void close() {
        closeQuietly();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process is ending; the hook runs anyway and finds nothing to do.
        }
    }

    private synchronized void closeQuietly() {
        for (int i = parts.size() - 1; i >= 0; i--) {
            try {
                parts.get(i).close();
            } catch (Exception e) {
                System.err.println("bench: while the lab was taken down: " + e);
            }
        }
        parts.clear();
        for (NetworkNamespace namespace : namespaces) {
            try {
                Commands.run("ip", "netns", "del", namespace.name());
            } catch (IOException e) {
                System.err.println("bench: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        namespaces.clear();
        deleteFolder();
    }

    private void deleteFolder() {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            System.err.println("bench: " + folder + " is still there: " + e.getMessage());
        }
    }
}
