package io.sallyport.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.Notices;
import io.sallyport.plugin.api.PluginFolder;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.wiring.BundleWiring;

/** The hot-deploy folder among the real bundles; only the folder's bundle lives, the packet path is opened by no port. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PluginFolderIT {
    private static final String WORD_BLOCK = "io.sallyport.sample.word-block";
    private static final String WORD_BLOCK_BUNDLE = "io.sallyport.sample.word.block";
    private static final long DEADLINE_NS = 20_000_000_000L;
    private static final List<String> OTHERS_THAT_LIVE =
            List.of("io.sallyport.port.pcap", "io.sallyport.bfe.bundle", "io.sallyport.shell");

    @Inject
    private BundleContext context;

    @Inject
    private FilterEngineFactory engines;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private FilterEngine engine;
    private Path folder;

    @Configuration
    public Option[] configuration() {
        return new Option[] {GatewayBundles.gateway()};
    }

    @Before
    public void openFolder() throws Exception {
        Path home = Files.createTempDirectory("home");
        folder = Files.createDirectories(home.resolve("plugins"));
        engine = engines.create("itest");
        for (String other : OTHERS_THAT_LIVE) {
            bundleNamed(other).stop(Bundle.STOP_TRANSIENT);
        }
        services.add(context.registerService(Notices.class, new Told(), null));
        services.add(context.registerService(
                GatewayConfig.class, new GatewayConfig(home, "lan0", "wan0", null, false), null));
        await("the folder", () -> plugins() != null && plugins().isSettled());
    }

    @After
    public void closeFolder() throws Exception {
        try (Stream<Path> jars = Files.list(folder)) {
            for (Path jar : jars.toList()) {
                Files.delete(jar);
            }
        }
        await("an empty folder", () -> plugins().plugins().isEmpty());
        services.forEach(ServiceRegistration::unregister);
        engine.close();
    }

    @Test
    public void shouldRegisterACalloutWhileItsJarIsThere() throws Exception {
        copyIn("word-block", "word.jar");
        await("the callout", () -> engine.registeredCallouts().contains(WORD_BLOCK));
        await("the notice", () -> told.size() == 1);
        assertTrue(told.get(0), told.get(0).matches("plugin word.jar: " + WORD_BLOCK_BUNDLE + " .* is active"));
        copyIn("dns-block", "word.jar");
        await("the update", () -> engine.registeredCallouts().contains("io.sallyport.sample.dns-block"));
        await("the old one's end", () -> !engine.registeredCallouts().contains(WORD_BLOCK));
        Files.delete(folder.resolve("word.jar"));
        await("the removal", () -> engine.registeredCallouts().isEmpty());
        assertNull(bundleNamed(WORD_BLOCK_BUNDLE));
    }

    @Test
    public void shouldHarmNothingWithABadJar() throws Exception {
        copyIn("word-block", "word.jar");
        await("the callout", () -> engine.registeredCallouts().contains(WORD_BLOCK));
        byte[] whole = Files.readAllBytes(folder.resolve("word.jar"));
        Files.write(folder.resolve("word.jar"), new byte[] {1, 2, 3});
        await("the refusal", () -> told.size() == 2);
        assertTrue(told.get(1), told.get(1).startsWith("plugin word.jar refused: it is no jar, or damaged"));
        assertTrue(engine.registeredCallouts().contains(WORD_BLOCK));
        Files.write(folder.resolve("word.jar"), whole);
        await("the all clear", () -> told.size() == 3);
        assertTrue(told.get(2), told.get(2).endsWith(" is active"));
        assertEquals(Bundle.ACTIVE, bundleNamed(WORD_BLOCK_BUNDLE).getState());
    }

    @Test
    public void shouldLeavePluginsAndOthersAloneWhenOnlyTheDeployerRestarts() throws Exception {
        copyIn("word-block", "word.jar");
        await("the callout", () -> engine.registeredCallouts().contains(WORD_BLOCK));
        Bundle word = bundleNamed(WORD_BLOCK_BUNDLE);
        Bundle deployer = bundleNamed("io.sallyport.deploy.bundle");
        List<String> before = statesWithout(deployer);
        deployer.stop();
        assertEquals(before, statesWithout(deployer));
        assertTrue(engine.registeredCallouts().contains(WORD_BLOCK));
        deployer.start();
        await("the folder", () -> plugins() != null && plugins().isSettled());
        assertEquals(before, statesWithout(deployer));
        assertEquals(word, bundleNamed(WORD_BLOCK_BUNDLE));
        assertEquals(1, plugins().plugins().size());
        assertTrue(plugins().plugins().get(0).isActive());
        assertEquals(1, told.size());
    }

    @Test
    public void shouldLeaveNoClassLoaderBehindAndTouchNobodyElse() throws Exception {
        List<String> before = statesWithout(null);
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            copyIn("word-block", "word.jar");
            await("the callout", () -> engine.registeredCallouts().contains(WORD_BLOCK));
            loaders.add(new WeakReference<>(
                    bundleNamed(WORD_BLOCK_BUNDLE).adapt(BundleWiring.class).getClassLoader()));
            Files.delete(folder.resolve("word.jar"));
            await("the removal", () -> bundleNamed(WORD_BLOCK_BUNDLE) == null);
            await("the callout's end", () -> engine.registeredCallouts().isEmpty());
        }
        assertEquals(before, statesWithout(null));
        await("the end of all class loaders", () -> {
            System.gc();
            return loaders.stream().allMatch(loader -> loader.get() == null);
        });
    }

    private void copyIn(String sample, String name) throws IOException {
        Path hidden = folder.resolve("." + name);
        Files.copy(Path.of(System.getProperty("samples.dir"), sample + ".jar"), hidden);
        Files.move(hidden, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private PluginFolder plugins() {
        ServiceReference<PluginFolder> reference = context.getServiceReference(PluginFolder.class);
        return reference == null ? null : context.getService(reference);
    }

    /** Name, state and time of the last change of every bundle but one. */
    private List<String> statesWithout(Bundle one) {
        return Stream.of(context.getBundles())
                .filter(bundle -> !bundle.equals(one))
                .map(bundle -> bundle.getSymbolicName() + " " + bundle.getState() + " " + bundle.getLastModified())
                .toList();
    }

    private Bundle bundleNamed(String symbolicName) {
        return Stream.of(context.getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElse(null);
    }

    private void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + DEADLINE_NS;
        while (!condition.call()) {
            assertTrue("not seen: " + what + "; told: " + told, System.nanoTime() < end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Keeps what is told about plug-ins; callouts that come and go with them are told by the engine. */
    private final class Told implements Notices {
        @Override
        public void state(String line) {
            if (line.startsWith("plugin ")) {
                told.add(line);
            }
        }

        @Override
        public void fault(String line) {
            state(line);
        }
    }
}
