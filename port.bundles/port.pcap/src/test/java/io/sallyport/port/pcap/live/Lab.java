package io.sallyport.port.pcap.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Two hosts in network namespaces of their own, each with a cable into this namespace, where the gateway stands. All names are
 * this lab's alone; closing it removes them. Tests skip where there is no root or no iproute2.
 */
final class Lab implements AutoCloseable {
    static final String CLIENT = "10.77.0.1";
    static final String SERVER = "10.77.0.2";
    static final String CLIENT6 = "fd77::1";
    static final String SERVER6 = "fd77::2";

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int TIMEOUT_S = 30;

    private final String id;
    private final List<Process> started = new ArrayList<>();
    final NetworkInterfaceFile lan;
    final NetworkInterfaceFile wan;

    Lab() {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        assumeTrue(new Commands().find("ip") != null, "network namespaces need iproute2");
        id = Long.toString(ProcessHandle.current().pid(), 36) + "n" + NUMBER.incrementAndGet();
        lan = new NetworkInterfaceFile("spl" + id, Path.of("/"));
        wan = new NetworkInterfaceFile("spw" + id, Path.of("/"));
        boolean isReady = false;
        try {
            host(clientNamespace(), "spc" + id, lan.name(), CLIENT, CLIENT6);
            host(serverNamespace(), "sps" + id, wan.name(), SERVER, SERVER6);
            isReady = true;
        } finally {
            if (!isReady) {
                close();
            }
        }
    }

    String clientNamespace() {
        return "sp-test-c" + id;
    }

    String serverNamespace() {
        return "sp-test-s" + id;
    }

    String clientInterface() {
        return "spc" + id;
    }

    String serverInterface() {
        return "sps" + id;
    }

    private void host(String namespace, String inside, String outside, String ipv4, String ipv6) {
        run("ip", "netns", "add", namespace);
        run("ip", "-n", namespace, "link", "set", "lo", "up");
        cable(namespace, inside, outside, ipv4, ipv6);
    }

    /** Makes the server's cable again, which was deleted. */
    void cableServerAgain() {
        cable(serverNamespace(), serverInterface(), wan.name(), SERVER, SERVER6);
        onClient("ip", "neigh", "flush", "dev", clientInterface()); // the server's MAC address is another one now
    }

    private static void cable(String namespace, String inside, String outside, String ipv4, String ipv6) {
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", namespace);
        run("ip", "-n", namespace, "addr", "add", ipv4 + "/24", "dev", inside);
        run("ip", "-n", namespace, "addr", "add", ipv6 + "/64", "dev", inside, "nodad");
        run("ip", "-n", namespace, "link", "set", inside, "up");
    }

    /** What the component would do first: no IPv6 of the host's own on its ends of the cables, and both up. */
    Lab quietAndUp() throws IOException {
        for (NetworkInterfaceFile file : List.of(lan, wan)) {
            if (file.hasIpv6()) {
                file.setIpv6(false);
            }
            file.setUp(true);
        }
        return this;
    }

    /** Runs a program on the client. */
    String onClient(String... command) {
        return run(in(clientNamespace(), command));
    }

    /** Runs a program on the server. */
    String onServer(String... command) {
        return run(in(serverNamespace(), command));
    }

    /** Starts a program on the server; it ends with the lab at the latest. */
    Process startOnServer(Path output, String... command) throws IOException {
        Process process = new ProcessBuilder(in(serverNamespace(), command))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        started.add(process);
        return process;
    }

    private static String[] in(String namespace, String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(List.of(command));
        return all.toArray(String[]::new);
    }

    /** Runs a program that must succeed; its output. */
    static String run(String... command) {
        Commands.Result result = tryToRun(command);
        assertThat(result.status())
                .as(String.join(" ", command) + "\n" + result.output())
                .isZero();
        return result.output();
    }

    static Commands.Result tryToRun(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)).isTrue();
            return new Commands.Result(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for a condition, up to ten seconds. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("waiting for: " + what).isNegative();
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (Process process : started) {
            process.destroyForcibly();
        }
        tryToRun("ip", "link", "del", lan.name());
        tryToRun("ip", "link", "del", wan.name());
        tryToRun("ip", "netns", "del", clientNamespace());
        tryToRun("ip", "netns", "del", serverNamespace());
    }
}
