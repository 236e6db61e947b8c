package io.sallyport.bfe.internal.live;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.internal.FakeEngine;
import io.sallyport.bfe.internal.session.BfeImpl;
import io.sallyport.callout.BfeState;
import io.sallyport.engine.api.BootPolicyFile;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.StartFailure;
import io.sallyport.policy.PolicySession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/** A home folder, a fake engine, and the live BFE between them, as the component runtime would handle it. */
final class LiveHarness implements AutoCloseable {
    static final String BOOT = """
            apiVersion: sallyport/v1
            provider: boot
            lifetime: boot-time
            filters:
              - {name: boot-arp, layer: inbound-mac-frame-ethernet, when: [{ether-type: 0x0806}], action: permit}
              - {name: boot-block, layer: inbound-mac-frame-ethernet, action: block}
            """;
    static final String DEFAULT = """
            apiVersion: sallyport/v1
            provider: default
            filters:
              - {name: no-inbound, layer: ale-auth-recv-accept-v4, action: block}
            """;
    static final String OPERATOR = """
            apiVersion: sallyport/v1
            provider: operator
            sublayers:
              - {name: web, weight: 30000}
            filters:
              - {name: no-telnet, layer: ale-auth-connect-v4, sublayer: web, when: [{ip-remote-port: 23}], action: block}
              - {name: until-stop, layer: ale-auth-connect-v4, lifetime: static, action: permit}
            """;

    final Path home;
    final FakeEngine engine = new FakeEngine();
    final FakeBootFile bootFile = new FakeBootFile();
    final Map<String, Object> services = new ConcurrentHashMap<>();
    final CopyOnWriteArrayList<Bundle> bundles = new CopyOnWriteArrayList<>();
    final CopyOnWriteArrayList<BfeState> states = new CopyOnWriteArrayList<>();
    /** Added to the wall clock that a start sees. */
    Duration wallJump = Duration.ZERO;

    private LiveBfe live;

    LiveHarness(Path home) {
        this.home = home;
        write("etc/boot-policy.yaml", BOOT);
        write("etc/default-policy.yaml", DEFAULT);
    }

    /** Starts the component as the runtime does: made, references bound, activated. */
    LiveHarness start(String policy) {
        create(policy);
        live.bindBootPolicyFile(bootFile);
        live.bindEngine(engine);
        live.activate();
        return this;
    }

    LiveBfe create(String policy) {
        Path named = policy == null ? null : write("policy.yaml", policy);
        live = new LiveBfe(
                context(),
                new GatewayConfig(home, "a", "b", named, false),
                () -> Instant.now().plus(wallJump));
        live.bindListener(states::add);
        return live;
    }

    void stop() {
        live.deactivate();
        live = null;
    }

    LiveBfe live() {
        return live;
    }

    BfeImpl bfe() {
        return (BfeImpl) services.get(BaseFilteringEngine.class.getName());
    }

    StartFailure failure() {
        return (StartFailure) services.get(StartFailure.class.getName());
    }

    @SuppressWarnings("unchecked")
    ServiceFactory<PolicySession> sessions() {
        return (ServiceFactory<PolicySession>) services.get(PolicySession.class.getName());
    }

    Path write(String name, String text) {
        try {
            Path file = home.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path store() {
        return home.resolve("store");
    }

    static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError("did not happen within 10 s");
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        if (live != null) {
            stop();
        }
    }

    private BundleContext context() {
        return (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, args) -> {
                    if (method.getName().equals("getBundles")) {
                        return bundles.toArray(Bundle[]::new);
                    }
                    if (!method.getName().equals("registerService")) {
                        throw new UnsupportedOperationException(method.toString());
                    }
                    String name = args[0] instanceof Class<?> type ? type.getName() : (String) args[0];
                    services.put(name, args[1]);
                    return Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {ServiceRegistration.class},
                            (registration, called, none) -> services.remove(name));
                });
    }

    /** Keeps images in memory, and the name of each in its file. */
    static final class FakeBootFile implements BootPolicyFile {
        private final Map<String, PolicyImage> images = new LinkedHashMap<>();
        volatile boolean isBroken;
        final AtomicInteger writes = new AtomicInteger();

        /** Knows what another one has written, too. */
        void takeOver(FakeBootFile other) {
            images.putAll(other.images);
        }

        @Override
        public PolicyImage read(Path file) throws IOException {
            if (!Files.exists(file)) {
                throw new NoSuchFileException(file.toString());
            }
            PolicyImage image = images.get(Files.readString(file));
            if (image == null) {
                throw new IOException("the checksum is wrong");
            }
            return image;
        }

        @Override
        public void write(Path file, PolicyImage image) throws IOException {
            if (isBroken) {
                throw new IOException("No space left on device");
            }
            writes.incrementAndGet();
            images.put(image.revision(), image);
            Files.writeString(file, image.revision());
        }
    }
}
