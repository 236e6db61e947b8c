package io.sallyport.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.internal.boot.BootPolicyFileComponent;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.layer.Layer;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

@Tag("BOOT-1")
class LiveEngineTest {
    @TempDir
    Path home;

    private final EngineFactory factory = new EngineFactory();
    private final RecordingNotices notices = new RecordingNotices();
    private final BootPolicyFileComponent files = new BootPolicyFileComponent();
    /** What was in force at the moment at which the service appeared. */
    private final List<PolicyInForce> atRegistration = new ArrayList<>();

    private FilterEngine service;
    private GatewayConfig config;

    @BeforeEach
    void begin() throws Exception {
        factory.addNotices(notices);
        config = new GatewayConfig(home, "lan0", "wan0", null, false);
        Files.createDirectories(config.store());
    }

    private LiveEngine start() {
        return new LiveEngine(context(), config, factory, files);
    }

    private BundleContext context() {
        return proxy(BundleContext.class, (name, arguments) -> {
            if (name.equals("registerService")) {
                service = (FilterEngine) arguments[1];
                assertThat(((Dictionary<?, ?>) arguments[2]).get("sallyport.engine"))
                        .isEqualTo("live");
                atRegistration.add(service.policyInForce());
                return proxy(ServiceRegistration.class, (method, none) -> {
                    assertThat(method).isEqualTo("unregister");
                    atRegistration.add(service.policyInForce());
                    return null;
                });
            }
            throw new UnsupportedOperationException(name);
        });
    }

    private interface Handler {
        Object handle(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (p, method, a) -> handler.handle(method.getName(), a)));
    }

    @Test
    @Tag("BOOT-3")
    void shouldEnforceTheBootTimePolicyBeforeItsServiceAppearsAndBlockAfterItIsGone() throws Exception {
        files.write(config.bootPolicyFile(), new PolicyImage("rev-7", List.of(), List.of(), List.of()));
        LiveEngine live = start();
        assertThat(service.revision()).isEqualTo("rev-7");
        Classifier classifier = service.newClassifier();
        assertThat(classify(classifier).isPermitted()).as("no filter matches").isTrue();
        live.deactivate();
        assertThat(atRegistration)
                .as("in force at both ends")
                .containsExactly(PolicyInForce.BOOT_TIME, PolicyInForce.BOOT_TIME);
        assertThat(service.policyInForce()).isEqualTo(PolicyInForce.NONE);
        assertThat(classify(classifier).reason()).isEqualTo(ClassifyReason.NO_POLICY);
        assertThat(notices.lines).isEmpty();
    }

    private static ClassifyOutcome classify(Classifier classifier) {
        ClassifyOutcome out = classifier.newOutcome();
        classifier.enterPacket();
        classifier.classify(classifier.newValues(Layer.INBOUND_TRANSPORT_V4), TestMetadata.INSTANCE, null, null, out);
        classifier.exitPacket();
        return out;
    }

    @Test
    void shouldStayWithoutPolicyOnAFreshHomeAndSayNothing() {
        LiveEngine live = start();
        assertThat(atRegistration).containsExactly(PolicyInForce.NONE);
        assertThat(classify(service.newClassifier()).isPermitted()).isFalse();
        assertThat(notices.lines).isEmpty();
        live.deactivate();
    }

    @Test
    void shouldDropEverythingAndSaySoWhenTheFileIsDamaged() throws Exception {
        files.write(config.bootPolicyFile(), PolicyImage.PERMIT_ALL);
        byte[] bytes = Files.readAllBytes(config.bootPolicyFile());
        bytes[20] ^= 1;
        Files.write(config.bootPolicyFile(), bytes);
        LiveEngine live = start();
        assertThat(classify(service.newClassifier()).reason()).isEqualTo(ClassifyReason.NO_POLICY);
        assertThat(notices.lines)
                .containsExactly(
                        "fault: boot-time policy " + config.bootPolicyFile()
                                + " is damaged: its checksum does not match; every frame is dropped until the base filtering engine has replaced it");
        live.deactivate();
    }

    @Test
    @Tag("CALL-1")
    void shouldTellTheOperatorWhichCalloutsComeAndGoAndWhichAreRefused() {
        factory.create("replay");
        Offered early = add(Offered.prototype("early"));
        assertThat(notices.lines).as("of the live engine only").isEmpty();
        LiveEngine live = start();
        Offered late = add(Offered.prototype("late"));
        add(Offered.of("io.other", "late"));
        add(Offered.singleton("shared"));
        factory.removeCallout(early.reference);
        live.deactivate();
        factory.removeCallout(late.reference);
        assertThat(notices.lines)
                .containsExactly(
                        "state: callout early is registered by io.vendor.early 1.2.3",
                        "state: callout late is registered by io.vendor.late 1.2.3",
                        "fault: callout late of io.other 1.2.3 is refused: the name is taken by io.vendor.late 1.2.3; "
                                + "uninstall one of the two",
                        "fault: callout shared of io.vendor.shared 1.2.3 is refused: it is no prototype-scope service, so that "
                                + "engines would share it",
                        "state: callout early is gone; its filters block");
        assertThat(late.out).isEmpty();
        assertThat(early.out).isEmpty();
    }

    @Test
    void shouldTellWhatHappenedBeforeThereWasAnybodyToTell() {
        factory.removeNotices(notices);
        add(Offered.singleton("shared"));
        assertThat(notices.lines).isEmpty();
        factory.addNotices(notices);
        assertThat(notices.lines).singleElement().asString().startsWith("fault: callout shared of");
    }

    private Offered add(Offered offered) {
        factory.addCallout(offered.reference, offered);
        return offered;
    }
}
