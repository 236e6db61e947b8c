package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.internal.session.BfeFactoryComponent;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.StartFailure;
import io.sallyport.port.pcap.live.LivePortComponent;
import io.sallyport.shim.ale.internal.AleShimFactory;
import io.sallyport.shim.discard.internal.DiscardShimFactory;
import io.sallyport.shim.icmp.error.internal.IcmpErrorShimFactory;
import io.sallyport.shim.mac.internal.MacShimFactory;
import io.sallyport.shim.network.internal.NetworkShimFactory;
import io.sallyport.shim.stream.internal.StreamShimFactory;
import io.sallyport.shim.transport.internal.TransportShimFactory;
import io.sallyport.stack.internal.LivePathComponent;
import io.sallyport.stack.port.LivePort;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/**
 * A live gateway in plain Java, engine to interfaces, between two hosts in network namespaces of their own; one of them echoes
 * datagrams. Its callouts are watched. Removes everything when closed; tests skip where there is no root or a tool is missing.
 */
final class LivePair implements AutoCloseable {
    /** Ports on which the server echoes. */
    static final int HOSTILE_PORT = 6_666;

    static final int OTHER_PORT = 7_777;

    private static final String CLIENT = "10.78.0.1";
    private static final String SERVER = "10.78.0.2";
    private static final int TIMEOUT_S = 30;
    private static final String ECHO = """
            import select, socket
            sockets = []
            for port in 6666, 7777:
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.bind(('10.78.0.2', port))
                sockets.append(s)
            print('echoing', flush=True)
            while True:
                for s in select.select(sockets, [], [])[0]:
                    data, who = s.recvfrom(2048)
                    s.sendto(data, who)
            """;
    private static final String ASK = """
            import socket, sys
            port, local, count, patience = (int(a) for a in sys.argv[1:])
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind(('10.78.0.1', local))
            s.settimeout(patience or 0.001)
            answers = 0
            for i in range(count):
                s.sendto(b'question %d' % i, ('10.78.0.2', port))
                try:
                    answers += s.recv(2048) == b'question %d' % i
                except OSError:
                    break
            print(answers)
            """;

    final FilterEngineImpl engine = new FilterEngineImpl("live");
    final LivePathComponent path;
    private final BaseFilteringEngine bfe = new BfeFactoryComponent().createInMemory(engine);
    private final String id = Long.toString(ProcessHandle.current().pid(), 36);
    private final String client = "sally-over-c" + id;
    private final String server = "sally-over-s" + id;
    private final GatewayConfig config;
    private final LivePortComponent component;
    private final List<Object> registered = new ArrayList<>();
    private final Path home;
    private Process echo;
    private LivePort port;

    LivePair() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        for (String tool : List.of("ip", "nft", "ethtool", "python3")) {
            assumeTrue(isInstalled(tool), tool + " is not installed");
        }
        home = Files.createTempDirectory("live-pair");
        Files.createDirectories(home.resolve("run"));
        config = new GatewayConfig(home, "sol" + id, "sow" + id, null, false);
        path = new LivePathComponent(config);
        component = new LivePortComponent(bundles(), config);
        boolean isReady = false;
        try {
            host(client, "soc" + id, config.lan(), CLIENT);
            host(server, "sos" + id, config.wan(), SERVER);
            startEcho();
            connect();
            isReady = true;
        } finally {
            if (!isReady) {
                close();
            }
        }
    }

    private static boolean isInstalled(String tool) {
        return List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin").stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }

    private static void host(String namespace, String inside, String outside, String address) throws IOException {
        run("ip", "netns", "add", namespace);
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", namespace);
        run("ip", "-n", namespace, "addr", "add", address + "/24", "dev", inside);
        run("ip", "-n", namespace, "link", "set", inside, "up");
        run("ip", "link", "set", outside, "up");
    }

    private void startEcho() throws IOException {
        echo = new ProcessBuilder("ip", "netns", "exec", server, "python3", "-c", ECHO)
                // Not ours: a server that outlives this JVM would keep the build waiting for the end of its output.
                .redirectError(home.resolve("echo.err").toFile())
                .start();
        assertThat(echo.inputReader(StandardCharsets.US_ASCII).readLine()).isEqualTo("echoing");
    }

    private void connect() {
        component.open();
        assertThat(registered).doesNotHaveAnyElementsOfTypes(StartFailure.class);
        port = (LivePort) registered.get(0);
        List.of(
                        new MacShimFactory(),
                        new NetworkShimFactory(),
                        new TransportShimFactory(),
                        new AleShimFactory(),
                        new StreamShimFactory(),
                        new IcmpErrorShimFactory(),
                        new DiscardShimFactory())
                .forEach(path::addShimFactory);
        engine.watchCallouts();
        path.setEngine(engine);
        path.setPort(port);
    }

    /** A framework that only takes what is registered. */
    private BundleContext bundles() {
        ServiceRegistration<?> registration = (ServiceRegistration<?>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (proxy, method, none) -> null);
        return (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("registerService");
                    registered.add(arguments[1]);
                    return registration;
                });
    }

    void apply(String policy) throws IOException {
        Path file = Files.writeString(home.resolve("policy.yaml"), policy);
        PolicyReport report = bfe.policyFiles().apply(file);
        assertThat(report.problems()).isEmpty();
    }

    /** Has the client ask the server, one question after the other's answer; returns how many were answered until one was not. */
    int ask(int toPort, int fromPort, int questions) throws IOException {
        return ask(toPort, fromPort, questions, TIMEOUT_S);
    }

    /** Has the client ask once, and not wait for an answer. */
    void send(int toPort, int fromPort) throws IOException {
        ask(toPort, fromPort, 1, 0);
    }

    private int ask(int toPort, int fromPort, int questions, int patienceS) throws IOException {
        String answers = run(
                "ip",
                "netns",
                "exec",
                client,
                "python3",
                "-c",
                ASK,
                Integer.toString(toPort),
                Integer.toString(fromPort),
                Integer.toString(questions),
                Integer.toString(patienceS));
        return Integer.parseInt(answers.strip());
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output.strip());
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return output;
    }

    @Override
    public void close() throws IOException {
        if (echo != null) {
            echo.destroyForcibly();
        }
        try {
            if (port != null) {
                path.unsetPort(port);
                path.unsetEngine(engine);
            }
            component.close();
            bfe.close();
            engine.close();
        } finally {
            removeLinks();
        }
    }

    private void removeLinks() throws IOException {
        // The kernel takes its time with what is in a namespace: a link is gone at once if it is deleted by itself.
        for (String link : List.of(config.lan(), config.wan())) {
            tryTo("ip", "link", "del", link);
        }
        for (String namespace : List.of(client, server)) {
            tryTo("ip", "netns", "del", namespace);
        }
    }

    /** What is not there need not be removed. */
    private static void tryTo(String... command) throws IOException {
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .onExit()
                .join();
    }
}
