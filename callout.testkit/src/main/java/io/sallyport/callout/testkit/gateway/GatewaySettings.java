package io.sallyport.callout.testkit.gateway;

import io.sallyport.callout.Callout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a {@link TestGateway} was told before it opens, each time anew. */
final class GatewaySettings {
    private final @Nullable String key;
    private final Supplier<? extends Callout> maker;
    /** Not together with {@link #policyText}. */
    @Nullable Path policyFile;

    @Nullable String policyText;
    /** Texts of policies that are put in force first. */
    final List<String> others = new ArrayList<>();

    boolean verifiesChecksums = true;
    boolean mayFail;
    boolean mayKeep;

    /**
     * With no policy, and with every check.
     *
     * @param key of the callout; null: its component says it
     */
    GatewaySettings(@Nullable String key, Supplier<? extends Callout> maker) {
        this.key = key;
        this.maker = maker;
    }

    GatewaySettings copy() {
        GatewaySettings copy = new GatewaySettings(key, maker);
        copy.policyFile = policyFile;
        copy.policyText = policyText;
        copy.others.addAll(others);
        copy.verifiesChecksums = verifiesChecksums;
        copy.mayFail = mayFail;
        copy.mayKeep = mayKeep;
        return copy;
    }

    boolean hasPolicy() {
        return policyFile != null || policyText != null;
    }

    /** Without callout and policy. */
    RunningGateway newGateway() {
        return new RunningGateway(factory(), verifiesChecksums, key, maker);
    }

    /** Registers an instance of the callout and puts the policies in force. */
    void applyTo(RunningGateway gateway) {
        others.forEach(gateway::apply);
        gateway.register();
        if (policyFile != null) {
            gateway.apply(policyFile);
        } else if (policyText != null) {
            gateway.apply(policyText);
        }
    }

    private static GatewayFactory factory() {
        return ServiceLoader.load(GatewayFactory.class, GatewaySettings.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no gateway on the class path: add io.sallyport:callout.testkit.engine to the test's"
                                + " dependencies"));
    }
}
