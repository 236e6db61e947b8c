package io.sallyport.shell.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.bfe.api.ChangeNotice;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.policy.ObjectType;
import io.sallyport.shell.command.FakeGateway;
import io.sallyport.shell.protocol.Frame;
import io.sallyport.shell.protocol.FrameChannel;
import io.sallyport.shell.protocol.FrameType;
import io.sallyport.shell.protocol.Hello;
import io.sallyport.shell.session.GogoHarness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The control socket, by what a client sees over a real Unix domain socket. */
@Timeout(60)
class ControlServerTest {
    private static final ControlServer.PeersOf KERNEL =
            own -> KernelPeers.of(own, "sallyport-test-admins", "sallyport-test-operators");

    @TempDir
    private Path directory;

    private FakeGateway gateway;
    private GogoHarness gogo;
    private Path socket;
    private ControlServer server;

    @BeforeEach
    void open() throws IOException {
        gateway = new FakeGateway(directory);
        socket = directory.resolve("run/control.sock");
        gogo = new GogoHarness(gateway, directory.resolve("history"));
        server = ControlServer.open(socket, gogo.sessions(), KERNEL);
    }

    @AfterEach
    void close() {
        server.close();
        gogo.close();
    }

    @Test
    @Tag("SEC-4")
    void shouldLetOthersViewOnly() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-rw-rw-");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("run"))))
                .isEqualTo("rwx--x--x");
        reopenAs(new Principal(Role.VIEWER, "eve"));
        assertThat(ask("bfe status").exitCode).isZero();
        Answer listed = ask("filter list -o json");
        assertThat(listed.exitCode).isZero();
        assertThat(listed.out).contains("no-web");
        assertThat(gateway.bfe.principal).isEqualTo(new Principal(Role.VIEWER, "eve"));

        Files.writeString(directory.resolve("policy.yaml"), "x");
        Answer denied = ask("policy apply policy.yaml");
        assertThat(denied.exitCode).isEqualTo(3);
        assertThat(denied.err).contains("is for administrators; user:eve (viewer) is none");
        assertThat(gateway.bfe.read).isNull();
        assertThat(gateway.events.history)
                .singleElement()
                .satisfies(event ->
                        assertThat(event.reason()).startsWith("denied: ").contains("user:eve"));
    }

    /** More than any buffer on the way holds. */
    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"ADMIN", "OPERATOR"})
    void shouldApplyADocumentThatTheClientBringsAlong(Role role) throws Exception {
        reopenAs(new Principal(role, "alice"));
        String document = "# é " + "x".repeat(1 << 20);
        assertThat(askWith("policy apply -", document).out).startsWith("policy.yaml is in force");
        assertThat(gateway.bfe.brought).isEqualTo(document);
        assertThat(askWith("policy validate -", "y").out).startsWith("policy.yaml is valid");
        assertThat(gateway.bfe.brought).isEqualTo("y");
        assertThat(gateway.bfe.read).as("no file of the gateway").isNull();
        Answer unread = askWith("filter show no-web", document);
        assertThat(unread.exitCode).isZero();
        assertThat(unread.isAsked).as("what nobody reads is not asked for").isFalse();
        await(() -> server.sessionCount() == 0);
    }

    /** A client that sends more than fits, to a command that reads nothing, would be heard no more: not even its end. */
    @Test
    @Tag("TXN-10")
    void shouldEndTheCommandOfAClientThatSendsWhatNobodyAskedFor() throws Exception {
        try (FrameChannel client = connect("event tail -o json")) {
            await(() -> gateway.events.listeners.size() == 1);
            bring(client, new byte[1 << 20]);
            await(() -> gateway.events.listeners.isEmpty());
        }
        await(() -> server.sessionCount() == 0);
    }

    private Answer askWith(String command, String document) throws IOException {
        try (FrameChannel client = connect(command)) {
            return new Answer(client, () -> {
                byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
                new Thread(() -> bring(client, bytes), "sender").start();
            });
        }
    }

    private static void bring(FrameChannel client, byte[] document) {
        try {
            for (int from = 0; from < document.length; from += 50_000) {
                int to = Math.min(document.length, from + 50_000);
                client.write(new Frame(FrameType.INPUT, Arrays.copyOfRange(document, from, to)));
            }
            client.write(new Frame(FrameType.INPUT, new byte[0]));
        } catch (IOException e) {
            // The command has ended.
        }
    }

    @Test
    @Tag("SEC-4")
    void shouldGiveOthersNoLanguageThatReachesTheProcess() throws Exception {
        reopenAs(new Principal(Role.VIEWER, "eve"));
        Path target = directory.resolve("written");
        for (String line : List.of(
                "filter list > " + target,
                "filter list | grep no-web",
                "echo x",
                "filter list; exit 7",
                "gogo:grep a",
                "sallyport:filter list",
                "(\"\" getClass)",
                "x = 1",
                "$.context")) {
            assertThat(ask(line).exitCode).as(line).isEqualTo(2);
        }
        assertThat(target).doesNotExist();
        assertThat(ask("filter show 'no-web").err).contains("a quote is not closed");
        assertThat(ask("filter show 'no-web' -o \"json\"").exitCode).isZero();
        assertThat(ask("whoami\nfilter show nobody").exitCode).isEqualTo(1);
        assertThat(ask("exit 300").exitCode).isEqualTo(2);
        assertThat(ask("exit 7").exitCode).isEqualTo(7);
        assertThat(directory.resolve("history")).doesNotExist();
    }

    @Test
    void shouldEndAViewersCommandWithItsClient() throws Exception {
        reopenAs(new Principal(Role.VIEWER, "eve"));
        try (FrameChannel client = connect("event tail -o json")) {
            await(() -> gateway.events.listeners.size() == 1);
            gateway.events.report(NetEvent.Kind.STATE, "a plug-in arrived");
            Frame frame = client.read();
            assertThat(new String(frame.payload(), StandardCharsets.UTF_8)).contains("a plug-in arrived");
        }
        await(() -> gateway.events.listeners.isEmpty());
        await(() -> server.sessionCount() == 0);
    }

    @Test
    void shouldKeepPlacesForAdministrators() throws Exception {
        AtomicReference<Principal> next = new AtomicReference<>(new Principal(Role.VIEWER, "eve"));
        reopen(next::get);
        List<FrameChannel> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                clients.add(connect("event tail"));
            }
            await(() -> gateway.events.listeners.size() == 8);
            Answer refused = ask("bfe status");
            assertThat(refused.exitCode).isEqualTo(1);
            assertThat(refused.err).contains("8 sessions of others than administrators are open");
            next.set(new Principal(Role.ADMIN, "root"));
            assertThat(ask("bfe status").exitCode).isZero();
        } finally {
            for (FrameChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    @Tag("TXN-2")
    void shouldTakeThePrincipalFromTheKernel() throws Exception {
        assertThat(ask("whoami -o json").out)
                .contains("\"" + System.getProperty("user.name") + "\"")
                .contains("\"admin\"");
        server.close();
        String user = System.getProperty("user.name");
        for (Role role : List.of(Role.ADMIN, Role.OPERATOR, Role.VIEWER)) {
            KernelPeers peers = new KernelPeers(
                    Set.of(),
                    "admins",
                    "operators",
                    group -> group.equals(role.word() + "s") ? Set.of("somebody", user) : Set.of("somebody"));
            server = ControlServer.open(socket, gogo.sessions(), own -> peers);
            assertThat(ask("whoami -o json").out).contains("\"" + role.word() + "\"");
            server.close();
        }
    }

    private void reopenAs(Principal principal) throws IOException {
        reopen(() -> principal);
    }

    private void reopen(Supplier<Principal> principal) throws IOException {
        server.close();
        server = ControlServer.open(socket, gogo.sessions(), own -> new Peers() {
            @Override
            public boolean isPrivileged(SocketChannel channel) {
                return false;
            }

            @Override
            public Principal principal(SocketChannel channel) {
                return principal.get();
            }
        });
    }

    @Test
    void shouldReplaceTheSocketOfAKilledProcess() throws Exception {
        server.close();
        Files.writeString(socket, "stale");
        server = ControlServer.open(socket, gogo.sessions(), KERNEL);
        assertThat(ask("bfe status").exitCode).isZero();
    }

    @Test
    void shouldNameAPathThatIsTooLong() {
        Path deep = directory.resolve("x".repeat(120)).resolve("control.sock");
        assertThatThrownBy(() -> ControlServer.open(deep, gogo.sessions(), KERNEL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("choose a shorter --home");
    }

    @Test
    void shouldRunACommandAndTellItsCode() throws Exception {
        Answer answer = ask("filter list -o json");
        assertThat(answer.exitCode).isZero();
        assertThat(answer.err).isEmpty();
        assertThat(answer.out).startsWith("[").contains("no-web");
        assertThat(ask("filter show nobody").exitCode).isEqualTo(1);
        assertThat(ask("filter show nobody").out).isEmpty();
        assertThat(ask("fliter list"))
                .satisfies(wrong -> assertThat(wrong.exitCode).isEqualTo(2))
                .satisfies(wrong -> assertThat(wrong.err).contains("there is no command 'fliter'", "filter"));
        assertThat(ask("filter {").exitCode).isEqualTo(2);
        assertThat(ask("exit").exitCode).isZero();
        assertThat(ask("exit 5").exitCode).isEqualTo(5);
        assertThat(ask("filter show nobody || exit 7").exitCode).isEqualTo(7);
        assertThat(ask("exit 5; echo more"))
                .satisfies(ended -> assertThat(ended.exitCode).isEqualTo(5))
                .satisfies(ended -> assertThat(ended.out).isEmpty());
        for (String wrong : List.of("exit x", "exit 256", "exit -1", "exit 1 2")) {
            assertThat(ask(wrong))
                    .as(wrong)
                    .satisfies(refused -> assertThat(refused.exitCode).isEqualTo(2))
                    .satisfies(refused -> assertThat(refused.err).contains("exit [CODE]", "0 to 255"));
        }
    }

    @Test
    void shouldPipeWithoutColours() throws Exception {
        Answer answer = ask("filter list | grep no-web");
        assertThat(answer.exitCode).isZero();
        assertThat(answer.out.lines()).hasSize(1).allMatch(line -> line.startsWith("no-web"));
        assertThat(ask("filter list | grep nothing-at-all").exitCode).isEqualTo(1);
    }

    @Test
    void shouldResolveFilesInTheClientsFolder() throws Exception {
        Files.writeString(directory.resolve("policy.yaml"), "x");
        assertThat(ask("policy apply policy.yaml").exitCode).isZero();
        assertThat(gateway.bfe.read).isEqualTo(directory.resolve("policy.yaml"));
    }

    @Test
    void shouldEndACommandWhoseClientIsGone() throws Exception {
        FrameChannel client = connect("event tail");
        await(() -> gateway.events.listeners.size() == 1);
        assertThat(server.sessionCount()).isEqualTo(1);
        client.close();
        await(() -> gateway.events.listeners.isEmpty());
        await(() -> server.sessionCount() == 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"ADMIN", "OPERATOR"})
    @Tag("TXN-10")
    void shouldEndTheSessionOfACommandWhoseClientIsGone(Role role) throws Exception {
        reopenAs(new Principal(role, "somebody"));
        gateway.bfe.isWriterBusy = true;
        FrameChannel client = connect("filter delete no-web");
        await(() -> gateway.bfe.openSessions == 1);
        client.close();
        await(() -> gateway.bfe.openSessions == 0);
        await(() -> server.sessionCount() == 0);
        assertThat(gateway.bfe.filters).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"ADMIN", "VIEWER"})
    @Tag("NOTE-7")
    void shouldEndSubscriptionsWithTheClient(Role role) throws Exception {
        reopenAs(new Principal(role, "somebody"));
        try (FrameChannel client = connect("policy watch --type filter -o json")) {
            await(() -> gateway.bfe.subscriptions.size() == 1);
            gateway.bfe
                    .subscriptions
                    .get(0)
                    .listener()
                    .changed(new ChangeNotice(ChangeType.DELETE, ObjectType.FILTER, FakeGateway.WEB, 1));
            Frame frame = client.read();
            assertThat(frame).isNotNull();
            assertThat(new String(frame.payload(), StandardCharsets.UTF_8))
                    .startsWith("{\"ts\":")
                    .contains("\"no-web\"")
                    .endsWith("}\n");
        }
        await(() -> gateway.bfe.subscriptions.isEmpty());
        await(() -> gateway.bfe.openSessions == 0);
        await(() -> server.sessionCount() == 0);
    }

    @Test
    void shouldStreamEvents() throws Exception {
        try (FrameChannel client = connect("event tail -o json")) {
            await(() -> gateway.events.listeners.size() == 1);
            gateway.events.report(NetEvent.Kind.STATE, "a plug-in arrived");
            Frame frame = client.read();
            assertThat(frame).isNotNull();
            assertThat(new String(frame.payload(), StandardCharsets.UTF_8))
                    .startsWith("{\"ts\":\"2026-01-01T00:00:00.019000000Z\",\"kind\":\"state\"")
                    .contains("a plug-in arrived")
                    .endsWith("}\n");
        }
    }

    @Test
    void shouldTellClientsThatTheGatewayEnds() throws Exception {
        try (FrameChannel client = connect("event tail")) {
            await(() -> gateway.events.listeners.size() == 1);
            server.close();
            Answer answer = new Answer(client);
            assertThat(answer.err).contains("the gateway ends this session");
            assertThat(answer.exitCode).isEqualTo(5);
        }
        await(() -> gateway.events.listeners.isEmpty());
        assertThat(socket).doesNotExist();
    }

    @Test
    void shouldBoundTheNumberOfSessions() throws Exception {
        List<FrameChannel> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 16; i++) {
                clients.add(connect("event tail"));
            }
            await(() -> gateway.events.listeners.size() == 16);
            Answer refused = ask("bfe status");
            assertThat(refused.exitCode).isEqualTo(1);
            assertThat(refused.err).contains("16 sessions are open");
        } finally {
            for (FrameChannel client : clients) {
                client.close();
            }
        }
        await(() -> server.sessionCount() == 0);
        assertThat(ask("bfe status").exitCode).isZero();
    }

    @Test
    void shouldRefuseWhatIsNoClient() throws Exception {
        for (byte[] bytes : List.of(
                "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                new byte[] {1, 0x7f, -1, -1, -1},
                new byte[] {1, 0, 0, 0, 2, 0, 0},
                new byte[] {2, 0, 0, 0, 1, 65})) {
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(socket));
                channel.write(ByteBuffer.wrap(bytes));
                channel.shutdownOutput();
                ByteBuffer answer = ByteBuffer.allocate(1024);
                while (channel.read(answer) >= 0) {
                    // until the server hangs up
                }
            }
        }
        await(() -> server.sessionCount() == 0);
        assertThat(ask("bfe status").exitCode).isZero();
    }

    @Test
    void shouldLetOthersInWhileSomeSayNoHello() throws Exception {
        List<SocketChannel> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                silent.add(connectSilently());
            }
            assertThat(ask("bfe status").exitCode).isZero();
            assertThat(server.sessionCount()).isLessThanOrEqualTo(1);
            reopenAs(new Principal(Role.VIEWER, "eve"));
            silent.clear();
            for (int i = 0; i < 60; i++) {
                silent.add(connectSilently());
            }
            // Told and hung up on without a word from it, and without a thread that waits for one.
            try (FrameChannel last = new FrameChannel(connectSilently())) {
                Answer refused = new Answer(last);
                assertThat(refused.exitCode).isEqualTo(1);
                assertThat(refused.err).contains("said nothing", "try again");
            }
            assertThat(threads("shell connection")).isBetween(20L, 40L);
        } finally {
            for (SocketChannel channel : silent) {
                channel.close();
            }
        }
        await(() -> threads("shell connection") == 0);
        assertThat(ask("bfe status").exitCode).isZero();
    }

    @Test
    void shouldHangUpOnWhoSaysNoHelloInTime() throws Exception {
        server.close();
        server = ControlServer.open(socket, gogo.sessions(), KERNEL, 200);
        try (SocketChannel silent = connectSilently();
                SocketChannel slow = connectSilently()) {
            slow.write(ByteBuffer.wrap(new byte[] {1, 0, 0}));
            assertThat(silent.read(ByteBuffer.allocate(10))).isEqualTo(-1);
            // Its three bytes were read, so this is an orderly end, too.
            assertThat(slow.read(ByteBuffer.allocate(10))).isEqualTo(-1);
        }
        try (FrameChannel client = connect("event tail")) {
            await(() -> gateway.events.listeners.size() == 1);
            // When one that came later has run out of its time, so has the session, if it had any.
            try (SocketChannel later = connectSilently()) {
                assertThat(later.read(ByteBuffer.allocate(10))).isEqualTo(-1);
            }
            assertThat(gateway.events.listeners)
                    .as("a session has all the time it wants")
                    .hasSize(1);
            assertThat(server.sessionCount()).isEqualTo(1);
            gateway.events.report(NetEvent.Kind.STATE, "a plug-in arrived");
            assertThat(client.read()).isNotNull();
        }
    }

    @Test
    void shouldRefuseAFolderThatIsNoFileName() throws Exception {
        for (String command : new String[] {"bfe status", null}) {
            SocketChannel channel = connectSilently();
            try (FrameChannel client = new FrameChannel(channel)) {
                client.write(new Hello("/a\0b", "xterm", 100, 30, command).frame());
                Answer answer = new Answer(client);
                assertThat(answer.exitCode).isEqualTo(1);
                assertThat(answer.err).startsWith("sallyport: the client's working directory is no file name");
            }
        }
    }

    private SocketChannel connectSilently() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .count();
    }

    private Answer ask(String command) throws IOException {
        try (FrameChannel client = connect(command)) {
            return new Answer(client);
        }
    }

    private FrameChannel connect(@Nullable String command) throws IOException {
        FrameChannel client = new FrameChannel(connectSilently());
        Frame hello = new Hello(directory.toString(), "xterm", 100, 30, command).frame();
        try {
            client.write(hello);
        } catch (IOException e) {
            // Sent away before the hello: the reason is there to be read.
        }
        return client;
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.sleep(5); // sessions of the server end by themselves: they tell nobody
        }
    }

    /** All that a client gets. */
    private static final class Answer {
        final String out;
        final String err;
        int exitCode = -1;
        boolean isAsked;

        Answer(FrameChannel client) throws IOException {
            this(client, () -> {});
        }

        Answer(FrameChannel client, Runnable whenAsked) throws IOException {
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            ByteArrayOutputStream error = new ByteArrayOutputStream();
            for (Frame frame = client.read(); frame != null; frame = client.read()) {
                switch (frame.type()) {
                    case OUTPUT -> output.writeBytes(frame.payload());
                    case ERROR -> error.writeBytes(frame.payload());
                    case ASK -> {
                        isAsked = true;
                        whenAsked.run();
                    }
                    default -> exitCode = frame.intAt(0);
                }
                if (exitCode >= 0) {
                    break;
                }
            }
            out = output.toString(StandardCharsets.UTF_8);
            err = error.toString(StandardCharsets.UTF_8);
        }
    }
}
