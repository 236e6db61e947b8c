package io.sallyport.bfe.internal.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.internal.Bench;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventOptions.AuditGroup;
import io.sallyport.gateway.api.NetEvents;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commits leave in the audit. */
class PolicyAuditTest {
    @TempDir
    Path folder;

    private Set<AuditGroup> groups = Set.of();
    private final List<Map<?, ?>> audited = new ArrayList<>();

    private final NetEvents events = (NetEvents) Proxy.newProxyInstance(
            NetEvents.class.getClassLoader(), new Class<?>[] {NetEvents.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("options")) {
                    return new NetEventOptions(true, Set.of(), groups);
                }
                assertThat(method.getName()).isEqualTo("audit");
                assertThat(arguments[0]).isEqualTo(AuditGroup.POLICY_CHANGE);
                audited.add((Map<?, ?>) arguments[1]);
                return null;
            });

    private static String policy(String filters) {
        return "apiVersion: sallyport/v1\nprovider: operator\nlifetime: static\nfilters:\n" + filters;
    }

    private static String filter(String name) {
        return "  - {name: " + name + ", layer: stream-v4, action: block}\n";
    }

    @Test
    @Tag("NEV-10")
    void shouldWriteEachCommitAndWhatItTouched() {
        Bench bench = new Bench(folder);
        bench.bfe.changes().onCommit(new PolicyAudit(() -> events));
        bench.apply(policy(filter("old")));
        assertThat(audited).as("off by default").isEmpty();

        groups = Set.of(AuditGroup.POLICY_CHANGE);
        String before = bench.bfe.revision();
        bench.apply(policy(filter("new")));
        assertThat(audited)
                .extracting(it -> String.valueOf(it.get("change")))
                .containsExactly("commit", "delete", "add");
        Map<?, ?> commit = audited.get(0);
        assertThat(commit.get("revisionBefore")).isEqualTo(before);
        assertThat(commit.get("revision")).isEqualTo(bench.bfe.revision());
        assertThat(commit.get("session")).asString().startsWith("policy ");
        assertThat(commit.get("added")).isEqualTo(1);
        assertThat(audited.get(1).get("name")).isEqualTo("old");
        assertThat(audited.get(1).get("type")).isEqualTo("filter");
        assertThat(audited.get(2).get("name")).isEqualTo("new");

        audited.clear();
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 1_500; i++) {
            many.append(filter("f" + i));
        }
        bench.apply(policy(many.toString()));
        assertThat(audited).as("the commit, and a thousand objects").hasSize(1_001);
        assertThat(audited.get(0).get("added")).isEqualTo(1_500);
    }

    @Test
    @Tag("NEV-10")
    void shouldWriteObjectsOfEachTypeAndOnWhoseBehalf() {
        Bench bench = new Bench(folder);
        bench.bfe.changes().onCommit(new PolicyAudit(() -> events));
        groups = Set.of(AuditGroup.POLICY_CHANGE);
        bench.apply("""
                apiVersion: sallyport/v1
                provider: somebody
                sublayers: [{name: mine, weight: 7}]
                callouts: [{key: decides, layer: [stream-v4]}]
                contexts: [{name: words, data: {words: [a]}}]
                sets: [{name: hosts, addresses: [192.0.2.7]}]
                filters: [{name: f, layer: stream-v4, action: block, when: [{ip-remote-address: {in-set: hosts}}]}]
                """);
        assertThat(audited).hasSize(7);
        assertThat(audited.subList(1, 7))
                .extracting(it -> it.get("type") + " " + it.get("name"))
                .containsExactlyInAnyOrder(
                        "provider somebody",
                        "sublayer mine",
                        "callout decides",
                        "provider-context words",
                        "set hosts",
                        "filter f");
        assertThat(audited).allMatch(it -> "user:gateway (system)".equals(it.get("principal")));
    }

    @Test
    @Tag("NEV-10")
    void shouldDoWithoutEvents() {
        Bench bench = new Bench(folder);
        bench.bfe.changes().onCommit(new PolicyAudit(() -> null));
        assertThat(bench.apply(policy(filter("f"))).isValid()).isTrue();
        bench.bfe.changes().onCommit((session, old, now, changes) -> {
            throw new IllegalStateException("thrown on purpose");
        });
        assertThat(bench.apply(policy(filter("g"))).isValid())
                .as("the policy is in force, whatever comes of telling so")
                .isTrue();
        assertThat(bench.engine.current().filters()).extracting(it -> it.name()).containsExactly("g");
    }
}
