package io.sallyport.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.plugin.api.PluginFolder.Conformance;
import io.sallyport.plugin.api.PluginReport;
import io.sallyport.plugin.api.PluginTrust;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.launch.Framework;

/** The deployer starts the real suite in a real process, and goes by what it says. */
class ConformanceTrialTest {
    private static final String NAME = "com.acme.tried";
    private static final String KEY = "com.acme.callout";
    private static final String POLICY = """
        apiVersion: sallyport/v1
        provider: tried
        callouts:
          - {key: com.acme.callout, layer: [datagram-data-v4, ale-auth-connect-v4]}
        filters:
          - {name: shown, layer: [datagram-data-v4, ale-auth-connect-v4], action: callout-unknown,
             callout: com.acme.callout}
        """;

    @TempDir
    Path temp;

    private Path folder;
    private Framework framework;
    private @Nullable PluginFolderComponent plugins;
    private TestVendor acme;

    @BeforeEach
    void startFramework() throws Exception {
        folder = Files.createDirectories(temp.resolve("plugins"));
        framework = TestFramework.start(temp.resolve("cache"), Map.of());
        TestFramework.startApi(framework, temp);
        acme = TestVendor.make(temp, "acme");
        acme.writeTrust(temp.resolve("trust"), "acme", "com.acme.*", "com.acme.*");
    }

    @AfterEach
    void stopFramework() throws Exception {
        if (plugins != null) {
            plugins.stop();
        }
        TestFramework.stop(framework);
    }

    private void open(ConformanceTrial trial) throws Exception {
        plugins = new PluginFolderComponent(
                framework.getBundleContext(),
                folder,
                temp.resolve("copies"),
                Duration.ofSeconds(5),
                temp.resolve("trust"),
                trial);
        plugins.start();
        await(plugins::isSettled);
    }

    private static ConformanceTrial trial(Duration limit) {
        return new ConformanceTrial(System.getProperty("java.class.path"), limit);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + 120_000_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private PluginFolderComponent component() {
        return Objects.requireNonNull(plugins);
    }

    private PluginTrust trust() {
        var reference = framework.getBundleContext().getServiceReference(PluginTrust.class);
        return framework.getBundleContext().getService(reference);
    }

    private @Nullable Bundle running() {
        for (Bundle bundle : framework.getBundleContext().getBundles()) {
            if (NAME.equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        return null;
    }

    private Path jar(String version, Class<?> callout) throws Exception {
        return acme.sign(unsigned(version, callout, POLICY));
    }

    private Path unsigned(String version, Class<?> callout, @Nullable String policy) throws Exception {
        Path jar = TestJars.bundle(
                temp.resolve("tried.jar"),
                NAME,
                version,
                "Import-Package",
                "io.sallyport.callout;version=\"[1.1,2)\",io.sallyport.layer");
        try (FileSystem files = FileSystems.newFileSystem(jar)) {
            Files.createDirectories(files.getPath("io/sallyport/deploy"));
            for (Class<?> type : callout == TrialCallouts.Quiet.class
                    ? new Class<?>[] {callout}
                    : new Class<?>[] {callout, TrialCallouts.Quiet.class}) {
                String entry = type.getName().replace('.', '/') + ".class";
                try (InputStream in = type.getClassLoader().getResourceAsStream(entry)) {
                    Files.copy(in, files.getPath(entry));
                }
            }
            Files.createDirectories(files.getPath("OSGI-INF"));
            Files.writeString(
                    files.getPath("OSGI-INF/" + callout.getName() + ".xml"),
                    "<scr:component xmlns:scr='http://www.osgi.org/xmlns/scr/v1.3.0'>"
                            + "<service scope='prototype'><provide interface='io.sallyport.callout.Callout'/></service>"
                            + "<property name='sallyport.callout.key' value='" + KEY + "'/>"
                            + "<implementation class='" + callout.getName() + "'/></scr:component>");
            if (policy != null) {
                Files.createDirectories(files.getPath("META-INF/sallyport"));
                Files.writeString(files.getPath("META-INF/sallyport/policy.yaml"), policy);
            }
        }
        return jar;
    }

    private String refusal(Path jar) throws Exception {
        PluginReport report = component().install(jar, Conformance.ASKED_FOR);
        assertThat(report.isActive()).isEqualTo(report.reason().isEmpty());
        return report.reason();
    }

    @Test
    void shouldRefuseWhatFailsACheckAndLeaveTheRunningVersion() throws Exception {
        open(trial(Duration.ofMinutes(2)));
        assertThat(refusal(jar("1.0.0", TrialCallouts.Quiet.class))).isEmpty();
        Bundle first = running();
        Path leaky = jar("2.0.0", TrialCallouts.Hoarder.class);
        assertThat(component().check(leaky).reason()).as("nobody asked").isEmpty();
        String reason =
                "conformance check AssociateWithObjects failed: what it keeps grows with every flow that has ended";
        assertThat(component().check(leaky, Conformance.ASKED_FOR).reason()).startsWith(reason);
        assertThat(refusal(leaky))
                .startsWith(reason)
                .contains("com.acme.tried 1.0.0 keeps running")
                .doesNotContain("\n");
        assertThat(running()).isSameAs(first);
        assertThat(Objects.requireNonNull(first).getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(component().install(leaky).reason()).as("nobody asked").isEmpty();
        assertThat(refusal(leaky))
                .as("the suite runs over what runs, too")
                .startsWith(reason)
                .endsWith("; it keeps running");
    }

    @Test
    void shouldTellWhatHeld() throws Exception {
        open(trial(Duration.ofMinutes(2)));
        Path good = jar("1.0.0", TrialCallouts.Quiet.class);
        assertThat(component().check(good).conformance()).isEmpty();
        assertThat(component().check(good, Conformance.ASKED_FOR).conformance()).isEqualTo("9 checks held");
        assertThat(running()).isNull();
    }

    @Test
    void shouldTryEveryFileOfTheFolderWhileThatIsRequired() throws Exception {
        open(trial(Duration.ofMinutes(2)));
        trust().requireConformance(true);
        Files.move(jar("1.0.0", TrialCallouts.Hoarder.class), folder.resolve("dropped.jar"));
        await(() -> component().plugins().stream()
                .anyMatch(plugin -> plugin.reason().startsWith("conformance check AssociateWithObjects failed")));
        assertThat(running()).isNull();
        trust().requireConformance(false);
        assertThat(Objects.requireNonNull(running()).getState()).isEqualTo(Bundle.ACTIVE);
    }

    @Test
    void shouldNotTakeTheEndOfTheProcessForSuccess() throws Exception {
        open(trial(Duration.ofMinutes(2)));
        assertThat(refusal(jar("1.0.0", TrialCallouts.Ender.class)))
                .startsWith("conformance: the checks ended before their time (exit code 0)");
    }

    @Test
    void shouldNotWaitForWhoHangs() throws Exception {
        open(trial(Duration.ofSeconds(3)));
        assertThat(refusal(jar("1.0.0", TrialCallouts.Hanger.class)))
                .startsWith("conformance: the checks did not come to their end within 3 s");
    }

    @Test
    void shouldSayThatThereIsNothingToTryItWith() throws Exception {
        open(trial(Duration.ofMinutes(2)));
        assertThat(refusal(acme.sign(unsigned("1.0.0", TrialCallouts.Quiet.class, null))))
                .startsWith("conformance: it cannot be tried: it carries no policy")
                .doesNotContain(temp.toString());
    }

    @Test
    void shouldSayThatThereIsNoKit() throws Exception {
        open(ConformanceTrial.withKit(temp.resolve("nothing").toString()));
        assertThat(refusal(jar("1.0.0", TrialCallouts.Quiet.class)))
                .startsWith("conformance cannot be tried: this gateway has no test kit");
        assertThat(component().install(jar("1.0.0", TrialCallouts.Quiet.class)).reason())
                .isEmpty();
    }

    /** All other checks come first: with no kit there is something else to say as soon as a process would be started. */
    @Test
    void shouldTryNothingThatIsRefusedAnyway() throws Exception {
        open(ConformanceTrial.withKit(null));
        assertThat(refusal(unsigned("1.0.0", TrialCallouts.Ender.class, POLICY)))
                .startsWith("it is not signed");
        Path unresolved =
                TestJars.bundle(temp.resolve("a.jar"), "com.acme.a", "1.0.0", "Import-Package", "org.missing");
        assertThat(refusal(acme.sign(unresolved))).startsWith("it imports package org.missing");
    }
}
