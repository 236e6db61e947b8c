package io.sallyport.bfe.internal.live;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.internal.FakeEngine;
import io.sallyport.callout.BfeState;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.gateway.api.BfeControl;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveBfeTest {

    @TempDir
    Path home;

    private LiveHarness gateway;

    @BeforeEach
    void make() {
        gateway = new LiveHarness(home);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    @Tag("BOOT-1")
    @Tag("BOOT-2")
    void shouldPutBootTimeFiltersInForceThenThePersistentOnesAtOnce() throws IOException {
        gateway.start(null);

        assertThat(gateway.engine.log).containsExactly("boot-time", "run-time");
        assertThat(names(gateway.engine.bootTimes.get(0))).containsExactly("boot-arp", "boot-block");
        assertThat(gateway.engine.retainedOnes.get(0)).isNull();
        assertThat(names(gateway.engine.current())).containsExactly("no-inbound");
        assertThat(names(gateway.bootFile.read(home.resolve("store/boot.bin"))))
                .containsExactly("boot-arp", "boot-block");
        assertThat(gateway.bfe().state()).isEqualTo(BfeState.RUNNING);
    }

    @Test
    @Tag("LIFE-6")
    void shouldListBootTimeFiltersThatAreNotEnforced() {
        gateway.start(null);

        assertThat(gateway.bfe().current().filters())
                .extracting(it -> it.display().name())
                .containsExactly("boot-arp", "boot-block", "no-inbound");
    }

    @Test
    void shouldDropEverythingAtBootWithoutBootTimeFilters() throws IOException {
        Files.delete(home.resolve("etc/boot-policy.yaml"));
        gateway.start(null);

        PolicyImage boot = gateway.engine.bootTimes.get(0);
        assertThat(boot.filters()).extracting(FilterImage::action).containsOnly(ActionType.BLOCK);
        assertThat(boot.filters())
                .extracting(FilterImage::layer)
                .containsExactly(Layer.INBOUND_MAC_FRAME_ETHERNET, Layer.OUTBOUND_MAC_FRAME_ETHERNET);
        assertThat(boot.filters()).allMatch(it -> it.conditions().isEmpty());
    }

    @Test
    void shouldPreferTheNamedPolicyToTheDefault() {
        gateway.start(LiveHarness.OPERATOR);
        assertThat(names(gateway.engine.current())).containsExactly("no-telnet", "until-stop");
        assertThat(gateway.engine.published).hasSize(1);
    }

    @Test
    void shouldReplaceTheDefaultOfAnEarlierStartInOneStep() {
        gateway.start(null);
        gateway.stop();
        gateway.engine.log.clear();
        gateway.start(LiveHarness.OPERATOR);

        assertThat(gateway.engine.log).containsExactly("run-time");
        assertThat(names(gateway.engine.current())).containsExactly("no-telnet", "until-stop");
        assertThat(gateway.bfe().current().providers())
                .extracting(it -> it.display().name())
                .contains("boot", "operator")
                .doesNotContain("default");
    }

    @Test
    @Tag("LIFE-4")
    @Tag("LIFE-3")
    @Tag("BOOT-7")
    void shouldLoadPersistentObjectsAndForgetStaticOnes() throws PolicyException {
        gateway.start(LiveHarness.OPERATOR);
        Filter before = filter("no-telnet");
        gateway.stop();
        gateway.start(null);

        assertThat(filter("no-telnet")).isEqualTo(before);
        assertThat(names(gateway.engine.current())).containsExactly("no-telnet");
    }

    @Test
    @Tag("BOOT-7")
    @Tag("BOOT-8")
    void shouldLeaveTheBootTimeSetAndWhatOutlivesTheStopToTheEngine() throws PolicyException {
        gateway.start(LiveHarness.OPERATOR);
        Session dynamic = gateway.bfe().openSession(SessionOptions.dynamic("test"));
        add(
                dynamic,
                Filter.builder("dynamic", Layer.STREAM_V4, ActionType.BLOCK).build());
        assertThat(names(gateway.engine.current())).contains("dynamic");
        gateway.stop();

        int last = gateway.engine.bootTimes.size() - 1;
        assertThat(names(gateway.engine.bootTimes.get(last))).containsExactly("boot-arp", "boot-block");
        assertThat(names(gateway.engine.retainedOnes.get(last))).containsExactly("no-telnet");
        assertThat(gateway.services).isEmpty();
        assertRefused(WfpError.SESSION_ABORTED, () -> dynamic.begin(Session.TransactionMode.READ_WRITE));
    }

    @Test
    @Tag("BOOT-9")
    void shouldShowThePersistentSetThroughWhenADynamicSessionEnds() throws PolicyException {
        gateway.start(LiveHarness.OPERATOR);
        Session service = gateway.bfe().openSession(SessionOptions.dynamic("the service that knows more"));
        add(
                service,
                Filter.builder("live-policy", Layer.ALE_AUTH_CONNECT_V4, ActionType.PERMIT)
                        .weight(Value.uint8(15))
                        .build());
        assertThat(names(gateway.engine.current())).contains("no-telnet", "live-policy");
        service.close();
        assertThat(names(gateway.engine.current())).contains("no-telnet").doesNotContain("live-policy");
        gateway.stop();
        int last = gateway.engine.bootTimes.size() - 1;
        assertThat(names(gateway.engine.bootTimes.get(last))).containsExactly("boot-arp", "boot-block");
    }

    @Test
    @Tag("LIFE-9")
    void shouldLeaveOutTheProviderOfABundleThatIsNotThere() throws IOException, PolicyException {
        String policy =
                LiveHarness.OPERATOR.replace("provider: operator", "provider: operator\nservice: com.example.x");
        gateway.start(policy);
        assertThat(names(gateway.engine.current())).contains("no-telnet");
        assertThat(gateway.bfe().policyFiles().export("operator")).contains("service: com.example.x");
        gateway.stop();
        gateway.start(null);
        assertThat(names(gateway.engine.current())).doesNotContain("no-telnet");
        assertThat(filter("no-telnet")).isNotNull();
        gateway.stop();

        Files.createDirectories(home.resolve("plugins"));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Bundle-SymbolicName", "com.example.x;singleton:=true");
        new JarOutputStream(Files.newOutputStream(home.resolve("plugins/x.jar")), manifest).close();
        Files.writeString(home.resolve("plugins/no.jar"), "no jar");
        gateway.start(null);
        assertThat(names(gateway.engine.current())).contains("no-telnet");
    }

    @Test
    void shouldUseTheBootPolicyFileOnlyOnce() throws IOException {
        gateway.start(null);
        gateway.stop();
        gateway.write("etc/boot-policy.yaml", "not: [a policy");
        gateway.engine.log.clear();
        gateway.start(null);

        assertThat(gateway.failure()).isNull();
        assertThat(gateway.engine.log).containsExactly("run-time");
        assertThat(gateway.bootFile.writes).hasValue(1);
    }

    @Test
    @Tag("LIFE-7")
    void shouldWriteBootTimeFiltersOfACommit() throws Exception {
        gateway.start(null);
        Filter boot = Filter.builder("mine", Layer.INBOUND_MAC_FRAME_ETHERNET, ActionType.PERMIT)
                .flags(FilterFlags.BOOTTIME)
                .build();
        try (Session session = gateway.bfe().openSession(SessionOptions.named("test"))) {
            add(session, boot);
        }

        assertThat(names(gateway.bootFile.read(home.resolve("store/boot.bin"))))
                .containsExactly("boot-arp", "boot-block", "mine");
        assertThat(names(gateway.engine.current())).containsExactly("no-inbound");
        gateway.stop();
        gateway.start(null);
        assertThat(filter("mine").flags()).isEqualTo(FilterFlags.BOOTTIME);
    }

    @Test
    void shouldRefuseToStartWithABrokenPolicy() {
        gateway.write(
                "etc/boot-policy.yaml",
                "apiVersion: sallyport/v1\nprovider: boot\nfilters: [{name: x, layer: nowhere, action: block}]\n");
        gateway.start(null);

        assertThat(gateway.failure().exitCode()).isEqualTo(4);
        assertThat(gateway.failure().lines()).singleElement().asString().contains("boot-policy.yaml:3", "nowhere");
        assertThat(gateway.engine.log).isEmpty();
        assertThat(gateway.bfe()).isNull();
        assertThat(home.resolve("store/boot.bin")).doesNotExist();
    }

    @Test
    void shouldNotFallBackToAnEmptyPolicy() throws IOException {
        Files.delete(home.resolve("etc/default-policy.yaml"));
        gateway.start(null);

        assertThat(gateway.failure().exitCode()).isEqualTo(4);
        assertThat(gateway.failure().lines()).singleElement().asString().contains("default-policy.yaml");
        assertThat(gateway.engine.log).containsExactly("boot-time");
    }

    @Test
    void shouldStartOverFromTheDefaultAfterAFailedFirstStart() throws IOException {
        gateway.write("etc/default-policy.yaml", "nonsense");
        gateway.start(null);
        assertThat(gateway.failure().exitCode()).isEqualTo(4);
        gateway.stop();

        gateway.write("etc/default-policy.yaml", LiveHarness.DEFAULT);
        gateway.start(null);
        assertThat(gateway.failure()).isNull();
        assertThat(names(gateway.engine.current())).containsExactly("no-inbound");
        assertThat(gateway.bfe().current().filters()).hasSize(3);
    }

    @Test
    void shouldWaitForTheEngine() {
        LiveBfe live = gateway.create(null);
        live.bindBootPolicyFile(gateway.bootFile);
        live.activate();
        assertThat(gateway.services).isEmpty();

        live.bindEngine(gateway.engine);
        LiveHarness.await(() -> gateway.states.contains(BfeState.RUNNING));
        assertThat(gateway.engine.log).containsExactly("boot-time", "run-time");
    }

    @Test
    @Tag("TXN-15")
    void shouldRefuseCommitsWithoutEngineAndGiveANewOneThePolicy() throws PolicyException {
        LiveBfe live = gateway.create(LiveHarness.OPERATOR);
        live.bindBootPolicyFile(gateway.bootFile);
        live.bindEngine(gateway.engine);
        live.activate();
        Session dynamic = gateway.bfe().openSession(SessionOptions.dynamic("test"));
        add(
                dynamic,
                Filter.builder("dynamic", Layer.STREAM_V4, ActionType.BLOCK).build());
        live.unbindEngine(gateway.engine);

        assertRefused(
                WfpError.TXN_ABORTED,
                () -> add(
                        dynamic,
                        Filter.builder("late", Layer.STREAM_V4, ActionType.BLOCK)
                                .build()));
        assertThat(gateway.bfe().state()).isEqualTo(BfeState.RUNNING);
        dynamic.close();
        FakeEngine next = new FakeEngine();
        live.bindEngine(next);
        LiveHarness.await(() -> !next.published.isEmpty());

        assertThat(names(next.current())).containsExactly("no-telnet", "until-stop");
        assertThat(next.log).containsExactly("run-time");
    }

    @Test
    @Tag("TXN-4")
    void shouldChangeNothingWhenTheDiskIsFull() throws Exception {
        gateway.start(null);
        String revision = gateway.bfe().revision();
        gateway.bootFile.isBroken = true;
        Filter boot = Filter.builder("mine", Layer.INBOUND_MAC_FRAME_ETHERNET, ActionType.PERMIT)
                .flags(FilterFlags.BOOTTIME)
                .build();
        try (Session session = gateway.bfe().openSession(SessionOptions.named("test"))) {
            assertRefused(WfpError.TXN_ABORTED, () -> add(session, boot));
            assertThat(gateway.bfe().revision()).isEqualTo(revision);
            assertThat(gateway.engine.published).hasSize(1);
            gateway.bootFile.isBroken = false;
            add(session, boot);
        }
        assertThat(gateway.engine.published).hasSize(2);
    }

    @Test
    @Tag("LIFE-2")
    void shouldGiveEachBundleADynamicSessionThatEndsWhenItIsGivenBack() throws PolicyException {
        gateway.start(null);
        var sessions = gateway.sessions();
        var session = new io.sallyport.bfe.internal.session.PolicySessionImpl(gateway.bfe(), "vendor");
        session.apply(edit -> edit.add(
                Filter.builder("vendors", Layer.STREAM_V4, ActionType.BLOCK).build()));
        assertThat(names(gateway.engine.current())).contains("vendors");

        sessions.ungetService(null, null, session);
        assertThat(names(gateway.engine.current())).containsExactly("no-inbound");
    }

    @Test
    @Tag("BOOT-5")
    @Tag("BOOT-6")
    void shouldTellListenersItsStates() {
        LiveBfe live = gateway.create(null);
        live.bindBootPolicyFile(gateway.bootFile);
        live.bindEngine(gateway.engine);
        live.activate();
        List<BfeState> late = new CopyOnWriteArrayList<>();
        live.bindListener(late::add);
        LiveHarness.await(() -> !late.isEmpty());
        gateway.stop();

        assertThat(gateway.states)
                .containsExactly(BfeState.START_PENDING, BfeState.RUNNING, BfeState.STOP_PENDING, BfeState.STOPPED);
        assertThat(late).containsExactly(BfeState.RUNNING, BfeState.STOP_PENDING, BfeState.STOPPED);
    }

    @Test
    void shouldRefuseADamagedStoreAndStayWithTheBootTimeSet() throws IOException {
        gateway.start(null);
        gateway.stop();
        Path file = home.resolve("store/policy.mv");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        gateway.engine.log.clear();
        gateway.start(null);

        assertThat(gateway.failure().exitCode()).isEqualTo(4);
        assertThat(gateway.failure().lines())
                .singleElement()
                .asString()
                .startsWith(file.toString())
                .contains("move the folder store away");
        assertThat(gateway.engine.log).isEmpty();
        assertThat(gateway.bfe()).isNull();
        gateway.stop();

        Files.delete(file);
        gateway.start(null);
        assertThat(gateway.failure()).isNull();
        assertThat(names(gateway.engine.current())).containsExactly("no-inbound");
        assertThat(gateway.bfe().current().filters()).hasSize(3);
    }

    @Test
    @Tag("BOOT-7")
    @Tag("BOOT-8")
    void shouldStopAndStartOnRequestWhileTheGatewayGoesOn() {
        gateway.start(null);
        String revision = gateway.bfe().revision();
        BfeControl control = gateway.live();
        assertThat(control.start()).containsExactly("it is running");

        assertThat(control.stop(BfeControl.Flows.KEEP)).isTrue();
        assertThat(gateway.bfe()).as("the service").isNull();
        assertThat(gateway.engine.log).endsWith("boot-time");
        assertThat(names(gateway.engine.retainedOnes.get(gateway.engine.retainedOnes.size() - 1)))
                .containsExactly("no-inbound");
        assertThat(control.stop(BfeControl.Flows.KEEP)).as("twice").isFalse();

        assertThat(control.start()).isEmpty();
        assertThat(gateway.bfe().revision()).isEqualTo(revision);
        assertThat(gateway.engine.log).endsWith("run-time");
        LiveHarness.await(() -> gateway.states.size() >= 6);
        assertThat(gateway.states)
                .endsWith(BfeState.STOP_PENDING, BfeState.STOPPED, BfeState.START_PENDING, BfeState.RUNNING);
    }

    @Test
    @Tag("BOOT-8")
    void shouldLeaveNothingToFlowsIfTheyAreToBeDropped() {
        gateway.start(null);
        gateway.live().stop(BfeControl.Flows.DROP);
        assertThat(gateway.engine.retainedOnes.get(gateway.engine.retainedOnes.size() - 1))
                .isNull();
    }

    @Test
    void shouldStayStoppedWhenTheEngineComesBackAndSayWhyItCannotStart() throws IOException {
        gateway.start(null);
        gateway.live().stop(BfeControl.Flows.KEEP);
        gateway.live().unbindEngine(gateway.engine);
        gateway.live().bindEngine(gateway.engine);
        assertThat(gateway.bfe()).isNull();

        Files.write(home.resolve("store/policy.mv"), new byte[8192]);
        assertThat(gateway.live().start())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("the policy store cannot be used"));
        assertThat(gateway.failure()).as("the gateway goes on").isNull();
    }

    @Test
    void shouldApplyFilesWhileRunning() throws IOException {
        gateway.start(null);
        PolicyReport report = gateway.bfe().policyFiles().apply(gateway.write("more.yaml", LiveHarness.OPERATOR));
        assertThat(report.isValid()).isTrue();
        assertThat(names(gateway.engine.current())).containsExactly("no-inbound", "no-telnet", "until-stop");
    }

    private static List<String> names(PolicyImage image) {
        return image.filters().stream().map(FilterImage::name).toList();
    }

    private Filter filter(String name) {
        return gateway.bfe().current().filters().stream()
                .filter(it -> it.display().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void add(Session session, Filter filter) throws PolicyException {
        try (var transaction = session.begin(Session.TransactionMode.READ_WRITE)) {
            transaction.add(filter);
            transaction.commit();
        }
    }
}
