package io.sallyport.callout.testkit.gateway;

import io.sallyport.callout.Callout;
import io.sallyport.callout.testkit.gateway.GatewayUnderTest.CalloutCounts;
import io.sallyport.policy.PolicyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real gateway around the callout under test: engine, base filtering engine, packet path and policy files, without a
 * framework. As a JUnit 5 extension it opens before each test and closes behind it, and then fails the test if the callout
 * threw anything or keeps contexts of flows that have ended; elsewhere, {@link #open} and {@link #close} do the same.
 *
 * <pre>{@code
 * @RegisterExtension
 * final TestGateway gateway = TestGateway.with(DnsBlock::new).policy(Path.of("policy.yaml"));
 *
 * @Test
 * void shouldBlockTheName() {
 *     Outcome outcome = gateway.lan(Packet.udp("192.0.2.10", 5000, "203.0.113.9", 53).payload(query("bad.example")));
 *     assertThat(outcome.verdict()).isEqualTo(Verdict.BLOCK);
 *     assertThat(outcome.drop().filter()).isEqualTo("dns-datagrams");
 * }
 * }</pre>
 *
 * <p>The clock stands still unless {@link #advance} or a capture moves it. The thread of the test plays the worker; what a
 * callout's own threads ask for is done by the next call, see {@link #until}.
 */
public final class TestGateway implements BeforeEachCallback, AfterEachCallback, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final GatewaySettings settings;
    private @Nullable RunningGateway running;

    private TestGateway(GatewaySettings settings) {
        this.settings = settings;
    }

    /**
     * A gateway with a callout whose name and flags are those of its {@code @Component}, as bnd wrote them down.
     *
     * @param callout makes an instance; each gateway takes one of its own
     * @return not open yet
     */
    public static TestGateway with(Supplier<? extends Callout> callout) {
        return new TestGateway(new GatewaySettings(null, callout));
    }

    /**
     * A gateway with a callout that is no component.
     *
     * @param key its name
     * @param callout makes an instance; each gateway takes one of its own
     * @return not open yet
     */
    public static TestGateway with(String key, Supplier<? extends Callout> callout) {
        return new TestGateway(new GatewaySettings(key, callout));
    }

    /**
     * With a policy file, put in force when the gateway opens.
     *
     * @param file read each time
     * @return this
     */
    public TestGateway policy(Path file) {
        settings.policyFile = file;
        settings.policyText = null;
        return this;
    }

    /**
     * With a policy, put in force when the gateway opens.
     *
     * @param yaml text of a policy file
     * @return this
     */
    public TestGateway policy(String yaml) {
        settings.policyText = yaml;
        settings.policyFile = null;
        return this;
    }

    /**
     * With a policy of somebody else, put in force before the callout and its own policy come.
     *
     * @param yaml text of a policy file
     * @return this
     */
    public TestGateway beside(String yaml) {
        settings.others.add(yaml);
        return this;
    }

    /**
     * For captures that were taken before a network card finished the checksums.
     *
     * @return this
     */
    public TestGateway ignoringChecksums() {
        settings.verifiesChecksums = false;
        return this;
    }

    /**
     * For tests that provoke faults of the callout: closing does not fail because of them, nor because of contexts that the
     * callout keeps.
     *
     * @return this
     */
    public TestGateway toleratingFaults() {
        settings.mayFail = true;
        return this;
    }

    /**
     * For callouts that take their contexts from a pool: closing does not fail because of those that are in it.
     *
     * @return this
     */
    public TestGateway poolingContexts() {
        settings.mayKeep = true;
        return this;
    }

    /** The same settings, for another gateway. */
    TestGateway copy() {
        return new TestGateway(settings.copy());
    }

    boolean hasPolicy() {
        return settings.hasPolicy();
    }

    // ---- life

    @Override
    public void beforeEach(ExtensionContext context) {
        open();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    /**
     * Makes the gateway, registers an instance of the callout and puts the policy in force.
     *
     * @return this
     * @throws IllegalArgumentException if the policy is refused; the message says where and why
     */
    public TestGateway open() {
        if (running != null) {
            throw new IllegalStateException("it is open already");
        }
        RunningGateway gateway = settings.newGateway();
        running = gateway;
        try {
            settings.applyTo(gateway);
        } catch (RuntimeException | Error e) {
            running = null;
            gateway.abandon();
            throw e;
        }
        return this;
    }

    /** Ends all flows, gives the callout back, and fails if that left something behind. Does nothing if it is closed. */
    @Override
    public void close() {
        RunningGateway gateway = running;
        running = null;
        if (gateway != null) {
            gateway.close(settings.mayFail, settings.mayKeep);
        }
    }

    RunningGateway running() {
        RunningGateway gateway = running;
        if (gateway == null) {
            throw new IllegalStateException(
                    "it is not open: annotate the field with @RegisterExtension, or call open()");
        }
        return gateway;
    }

    // ---- frames

    /**
     * Hands packets in by the inside port.
     *
     * @param packets one at least
     * @return what came of them
     */
    public Outcome lan(Packet... packets) {
        return packets(Side.LAN, packets);
    }

    /**
     * Hands packets in by the outside port.
     *
     * @param packets one at least
     * @return what came of them
     */
    public Outcome wan(Packet... packets) {
        return packets(Side.WAN, packets);
    }

    private Outcome packets(Side side, Packet... packets) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Packet packet : packets) {
            outcomes.add(frame(side, packet.frame()));
        }
        return Outcome.together(outcomes);
    }

    /**
     * Hands a frame in, whatever is in it.
     *
     * @param side the port that it comes in by
     * @param frame from its destination MAC address on
     * @return what came of it, and of the answers of {@linkplain #connect connections} to what left
     */
    public Outcome frame(Side side, byte[] frame) {
        return running().answered(running().frame(side, frame));
    }

    /**
     * Hands all frames of a capture in, at their times. Whoever sends a flow's first packet is inside.
     *
     * @param capture pcap or pcapng, also gzipped
     * @return what came of them
     * @throws UncheckedIOException if it cannot be read
     */
    public Outcome replay(Path capture) {
        try {
            return running().replay(capture);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /**
     * Opens a TCP connection from inside, through the gateway, with the whole handshake.
     *
     * @param client address inside
     * @param clientPort its port
     * @param server address outside
     * @param serverPort its port
     * @return both ends of it; {@link TcpConnection#isOpen} says whether the handshake was let through
     */
    public TcpConnection connect(String client, int clientPort, String server, int serverPort) {
        TcpConnection connection = new TcpConnection(this, client, clientPort, server, serverPort);
        running().connections().add(0, connection);
        connection.handshake();
        return connection;
    }

    /**
     * Lets time pass on an idle link: what is due expires.
     *
     * @param time how much
     * @return what came of it
     */
    public Outcome advance(Duration time) {
        return running().answered(running().advance(time.toNanos()));
    }

    /**
     * Gives a callout's own threads time: lets the worker do what they ask for, until a condition holds. For real, and not by
     * the gateway's clock; fails after 20 seconds.
     *
     * @param condition asked again and again
     * @return what came of it
     */
    public Outcome until(BooleanSupplier condition) {
        List<Outcome> outcomes = new ArrayList<>();
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                throw new AssertionError("it did not happen within " + PATIENCE.toSeconds() + " seconds");
            }
            Outcome outcome = advance(Duration.ZERO);
            if (!outcome.events().isEmpty() || !outcome.emitted().isEmpty()) {
                outcomes.add(outcome);
            }
            Thread.onSpinWait();
        }
        return Outcome.together(outcomes);
    }

    // ---- changes

    /**
     * Puts another policy file in force.
     *
     * @param file replaces the objects of the provider that it names
     * @throws IllegalArgumentException if it is refused
     */
    public void apply(Path file) {
        running().apply(file);
    }

    /**
     * Puts another policy in force.
     *
     * @param yaml replaces the objects of the provider that it names
     * @throws IllegalArgumentException if it is refused
     */
    public void apply(String yaml) {
        running().apply(yaml);
    }

    /**
     * The callout goes, as if its bundle stopped: its contexts are deleted, its filters block.
     *
     * @throws AssertionError if it could not be got out of within two seconds
     */
    public void unregister() {
        running().unregister();
    }

    /** The callout comes, as if its bundle started: a new instance. */
    public void register() {
        running().register();
    }

    /**
     * A new instance takes over between two packets, as in an update of the bundle.
     *
     * @return how many contexts were handed over by {@link Callout#save} and {@link Callout#restore}
     */
    public long update() {
        return running().update();
    }

    // ---- what there is to know

    /**
     * The instance that is registered now.
     *
     * @param type its class
     * @param <T> its class
     * @return the one that the gateway calls
     */
    public <T extends Callout> T callout(Class<T> type) {
        return type.cast(running().instance());
    }

    /**
     * Time and allocation of the callout since the gateway opened.
     *
     * @return figures, not for assertions about time
     */
    public Cost cost() {
        return running().calloutBooks().cost();
    }

    /**
     * Contexts since the gateway opened. Collects garbage: takes some 0.1 s.
     *
     * @return how many there were and are
     */
    public ContextCounts contexts() {
        return running().calloutBooks().contexts();
    }

    /**
     * What the engine counted about the callout.
     *
     * @return calls, faults, answers without effect
     */
    public CalloutCounts counts() {
        return running().counts();
    }

    /**
     * What the callout has thrown.
     *
     * @return the first 16
     */
    public List<Throwable> thrown() {
        return running().calloutBooks().thrown();
    }

    /**
     * Everything that the path told since the gateway opened.
     *
     * @return in order
     */
    public List<GatewayEvent> events() {
        return running().history();
    }

    /**
     * The connections that were made by {@link #connect}.
     *
     * @return the latest first
     */
    public List<TcpConnection> connections() {
        return List.copyOf(running().connections());
    }

    /**
     * What is behind this, for suites of tests. Frames that are handed in there have no {@link Outcome}.
     *
     * @return the open gateway
     */
    public GatewayUnderTest underTest() {
        return running().gateway();
    }

    /**
     * How many flows there are now.
     *
     * @return flows in the table
     */
    public int flows() {
        return running().gateway().books().flows();
    }

    /**
     * The clock.
     *
     * @return nanoseconds, as callouts get them by {@code IncomingMetadata.timestampNs}
     */
    public long nowNs() {
        return running().nowNs();
    }

    /**
     * Makes a test of each case in a folder; see the kit's README for what is in them. Each runs in a gateway of its own
     * with the settings of this one.
     *
     * @param folder has a folder for each case
     * @return for a method with {@code @TestFactory}
     */
    public Stream<DynamicTest> cases(Path folder) {
        return CaseFolder.tests(this, folder);
    }

    static RuntimeException refused(PolicyException e) {
        return new IllegalStateException(e.getMessage(), e);
    }
}
