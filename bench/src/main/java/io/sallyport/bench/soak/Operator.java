package io.sallyport.bench.soak;

import io.sallyport.bench.lab.Gateway;
import io.sallyport.bench.lab.Lab;
import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.net.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Whoever runs the gateway: changes the policy, takes a plug-in out and puts it in again, pulls a cable. By turns. */
final class Operator {
    private static final int KINDS = 3;
    private static final long WITHOUT_PLUGIN_MS = 700;
    private static final long DOWN_MS = 300;

    private final Lab lab;
    private final Gateway gateway;
    private final NetworkNamespace lan;
    private final Path policy;
    private int turn;
    private int policies;
    private int plugins;
    private int flaps;
    private int refused;

    Operator(Lab lab, Gateway gateway, NetworkNamespace lan) {
        this.lab = lab;
        this.gateway = gateway;
        this.lan = lan;
        this.policy = lab.folder().resolve("changing.yaml");
    }

    /** Does the next thing; a gateway that refuses is counted. */
    void act() throws IOException, InterruptedException {
        switch (turn++ % KINDS) {
            case 0 -> changePolicy();
            case 1 -> changePlugin();
            default -> flap();
        }
    }

    private void changePolicy() throws IOException, InterruptedException {
        Files.writeString(
                policy, Policies.filters(50 + policies % 2 * 50).replace("provider: operator", "provider: changing"));
        try {
            String ignored = gateway.shell("policy apply " + policy);
        } catch (IOException e) {
            refused++;
        }
        policies++;
    }

    private void changePlugin() throws IOException, InterruptedException {
        Path jar = gateway.plugins().resolve("count.jar");
        Files.delete(jar);
        Thread.sleep(WITHOUT_PLUGIN_MS);
        Path part = Files.copy(Gateway.sample("count"), gateway.plugins().resolve(".count.jar"));
        Files.move(part, jar, StandardCopyOption.ATOMIC_MOVE);
        plugins++;
    }

    private void flap() throws IOException, InterruptedException {
        lab.in(lan, "link", "set", "eth0", "down");
        Thread.sleep(DOWN_MS);
        lab.in(lan, "link", "set", "eth0", "up");
        flaps++;
    }

    int refused() {
        return refused;
    }

    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("policyChanges", policies);
        figures.put("pluginChanges", plugins);
        figures.put("linkFlaps", flaps);
        figures.put("refused", refused);
        return figures;
    }
}
