package io.sallyport.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.deploy.trust.Trust;
import io.sallyport.engine.api.CalloutOwners;
import io.sallyport.gateway.api.Notices;
import io.sallyport.plugin.api.PluginReport;
import io.sallyport.policy.PolicySession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.launch.Framework;

/** A new version takes the place of the old one: it comes first, and if it is no good the old one has never stopped. */
@Timeout(60)
class PluginUpdateTest {
    private static final String KEY = "vendor.a.callout";
    private static final String SESSION = PolicySession.class.getName();

    @TempDir
    private Path temp;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private Framework framework;
    private PluginFolderComponent plugins;

    @BeforeEach
    void start() throws Exception {
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        temp.resolve("cache").toString(),
                        Constants.FRAMEWORK_STORAGE_CLEAN,
                        Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT,
                        Trust.SWITCH,
                        "off"));
        framework.start();
        framework.getBundleContext().addBundleListener((SynchronousBundleListener) event -> {
            if (event.getType() == BundleEvent.STARTED || event.getType() == BundleEvent.STOPPED) {
                events.add((event.getType() == BundleEvent.STARTED ? "+" : "-")
                        + event.getBundle().getVersion());
            }
        });
        System.clearProperty(StubbornActivator.GO);
        plugins = new PluginFolderComponent(
                framework.getBundleContext(),
                temp.resolve("folder"),
                temp.resolve("copies"),
                Duration.ofMillis(400),
                temp.resolve("trust"));
        plugins.setNotices(new Notices() {
            @Override
            public void state(String line) {
                told.add("state " + line);
            }

            @Override
            public void fault(String line) {
                told.add("fault " + line);
            }
        });
        plugins.start();
    }

    @AfterEach
    void stop() throws BundleException, InterruptedException {
        System.setProperty(StubbornActivator.GO, "");
        plugins.stop();
        framework.stop();
        framework.waitForStop(10_000);
    }

    @Test
    void shouldTakeANewBuildOfTheSameVersion() throws IOException {
        install("1", "Built", "first");
        Bundle first = only();
        install("1", "Built", "second");
        assertThat(first.getState()).isEqualTo(Bundle.UNINSTALLED);
        assertThat(only().getHeaders().get("Built")).isEqualTo("second");
        install("1", "Built", "third");
        assertThat(only().getHeaders().get("Built")).isEqualTo("third");
        assertThat(told.get(2)).isEqualTo("state plugin a.jar: vendor.a is updated to 1.0.0");
    }

    @Test
    @Tag("CALL-7")
    void shouldWaitUntilPacketsAreShownToTheNewVersion() throws IOException {
        plugins.setOwners(name -> newest());
        install("1", VendorActivator.OFFERS, KEY);
        assertThat(install("2", VendorActivator.OFFERS, KEY).isActive()).isTrue();
        assertThat(events).containsExactly("+1.0.0", "+2.0.0", "-1.0.0");
        assertThat(only().getVersion()).hasToString("2.0.0");
    }

    @Test
    @Tag("CALL-7")
    void shouldKeepTheOldVersionWhenThePacketsStayWithIt() throws IOException {
        long first = install("1", VendorActivator.OFFERS, KEY).isActive() ? only().getBundleId() : 0;
        plugins.setOwners(name -> first);
        assertThat(install("2", VendorActivator.OFFERS, KEY).reason())
                .isEqualTo(
                        "its callout " + KEY + " did not take over: it gave no instance, or is signed by another key;"
                                + " vendor.a 1.0.0 keeps running");
        assertThat(events).containsExactly("+1.0.0", "+2.0.0", "-2.0.0");
        assertThat(only().getBundleId()).isEqualTo(first);
    }

    @Test
    void shouldKeepTheOldVersionWhenTheNewOneLacksItsCallout() throws IOException {
        install("1", VendorActivator.OFFERS, KEY);
        assertThat(install("2", VendorActivator.OFFERS, "another").reason())
                .isEqualTo("it does not offer callout " + KEY + " as the version before does; delete that one first if"
                        + " this is meant; vendor.a 1.0.0 keeps running");
        assertThat(events).containsExactly("+1.0.0", "+2.0.0", "-2.0.0");
        assertThat(only().getVersion()).hasToString("1.0.0");
    }

    @Test
    @Tag("CALL-7")
    void shouldNotAskForACalloutThatPacketsWereNotShownToBefore() throws IOException {
        plugins.setOwners(name -> CalloutOwners.NOBODY);
        install("1", VendorActivator.OFFERS, KEY);
        assertThat(install("2", VendorActivator.OFFERS, "another").isActive()).isTrue();
    }

    @Test
    void shouldUpdateInPlaceWhatHasAPolicySession() throws IOException {
        framework.getBundleContext().registerService(SESSION, new Sessions(), null);
        install("1", VendorActivator.TAKES, SESSION);
        Bundle first = only();
        install("2", VendorActivator.TAKES, SESSION);
        assertThat(only()).isSameAs(first);
        assertThat(events).containsExactly("+1.0.0", "-1.0.0", "+2.0.0");
    }

    @Test
    @Tag("CALL-10")
    void shouldGoOnWithTheNewVersionWhenTheOldOneDoesNotStop() throws IOException {
        install("1", VendorActivator.CLINGS, "yes");
        assertThat(install("2").isActive()).isTrue();
        String clings =
                "fault plugin a.jar#2: vendor.a 1.0.0 does not stop (400 ms); it goes when its thread ends, or with"
                        + " the gateway";
        assertThat(told).contains(clings, "state plugin a.jar: vendor.a is updated to 2.0.0");
        assertThat(install("3").isActive()).as("the file goes on").isTrue();
        assertThat(reports())
                .containsExactly(
                        "a.jar 3.0.0 true ",
                        "a.jar#2 null false it was removed and does not stop; what it still"
                                + " does has no effect on traffic");
        System.setProperty(StubbornActivator.GO, "");
        long end = System.nanoTime() + 15_000_000_000L;
        while (framework.getBundleContext().getBundles().length > 2 || reports().size() > 1) {
            assertThat(System.nanoTime()).as("the end of the old version").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(only().getVersion()).hasToString("3.0.0");
    }

    @Test
    void shouldTryAgainWhenAStartBesideTheOldOneEndsAtLast() throws IOException {
        install("1");
        String stuck = install("2", "Bundle-Activator", StubbornActivator.class.getName())
                .reason();
        assertThat(stuck).isEqualTo("its start did not come to an end within 400 ms; vendor.a 1.0.0 keeps running");
        assertThat(events).containsExactly("+1.0.0");
        System.setProperty(StubbornActivator.GO, "");
        long end = System.nanoTime() + 15_000_000_000L;
        while (framework.getBundleContext().getBundles().length > 2) {
            assertThat(System.nanoTime()).as("the end of the new version").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(only().getVersion()).as("the folder holds it again").hasToString("1.0.0");
    }

    private PluginReport install(String version, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of(headers));
        if (!all.contains("Bundle-Activator")) {
            all.addAll(List.of("Bundle-Activator", VendorActivator.class.getName()));
        }
        all.addAll(List.of("Import-Package", "org.osgi.framework"));
        Path jar = Files.createDirectories(temp.resolve("made")).resolve("a.jar");
        TestJars.bundle(jar, "vendor.a", version, all.toArray(String[]::new));
        return plugins.install(jar);
    }

    private Bundle only() {
        Bundle[] all = framework.getBundleContext().getBundles();
        assertThat(all).as("the framework and one plug-in").hasSize(2);
        return all[1];
    }

    private long newest() {
        return Stream.of(framework.getBundleContext().getBundles())
                .filter(bundle -> bundle.getState() == Bundle.ACTIVE)
                .mapToLong(Bundle::getBundleId)
                .max()
                .orElseThrow();
    }

    private List<String> reports() {
        return plugins.plugins().stream()
                .map(it -> it.file().getFileName() + " " + it.version() + " " + it.isActive() + " " + it.reason())
                .toList();
    }

    private static final class Sessions implements ServiceFactory<PolicySession> {
        @Override
        public PolicySession getService(Bundle bundle, ServiceRegistration<PolicySession> registration) {
            return change -> {};
        }

        @Override
        public void ungetService(
                Bundle bundle, ServiceRegistration<PolicySession> registration, PolicySession service) {
            // nothing to give back
        }
    }
}
