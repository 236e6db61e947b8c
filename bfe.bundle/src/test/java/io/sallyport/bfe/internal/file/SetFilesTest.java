package io.sallyport.bfe.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.internal.Bench;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets in policy files: what is refused, and what an edited file changes. */
class SetFilesTest {
    private static final String HEAD = "apiVersion: sallyport/v1\nprovider: op\n";

    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(folder);
    }

    private static String file(String set, String condition) {
        return HEAD + "sets:\n  - {name: s, " + set + "}\nfilters:\n"
                + "  - {name: f, layer: ale-auth-connect-v4, action: block, when: [" + condition + "]}\n";
    }

    @Test
    void shouldKeepFiltersWhenOnlyASetIsEdited() {
        bench.apply(file("addresses: [192.0.2.7]", "{ip-remote-address: {in-set: s}}"));
        List<Filter> filters = List.copyOf(bench.bfe.current().filters());
        String revision = bench.bfe.revision();

        PolicyReport report =
                bench.apply(file("addresses: [192.0.2.7, 192.0.2.9]", "{ip-remote-address: {in-set: s}}"));

        assertThat(report.problems()).isEmpty();
        assertThat(bench.bfe.current().filters()).containsExactlyElementsOf(filters);
        assertThat(bench.bfe.revision()).isNotEqualTo(revision);
        assertThat(bench.bfe.current().sets())
                .singleElement()
                .satisfies(it -> assertThat(it.entries().size()).isEqualTo(2));
    }

    @Test
    void shouldNameEachBadEntryAndUnknownSets() {
        PolicyReport report = bench.apply(
                HEAD + "sets:\n  - {name: s, addresses: [1.2.3, 10.0.0.1/8, 192.0.2.1, 192.0.2.1]}\n"
                        + "filters:\n  - {name: f, layer: ale-auth-connect-v4, action: block, when: [{ip-remote-address: {in-set: t}}]}\n");
        assertThat(report.problems().toString())
                .contains("\"1.2.3\"", "\"10.0.0.1/8\"", "\"192.0.2.1\" is there twice", "no set \"t\"", "filter f");
        assertThat(bench.bfe.current().sets()).isEmpty();
    }

    @Test
    void shouldRefuseASetOnAFieldThatItDoesNotFit() {
        assertThat(bench.apply(file("addresses: [192.0.2.7]", "{ip-remote-port: {in-set: s}}"))
                        .problems()
                        .toString())
                .contains("TYPE_MISMATCH");
        assertThat(bench.apply(file("addresses: [192.0.2.7]", "{ip-protocol: {in-set: s}}"))
                        .problems()
                        .toString())
                .contains("takes no set");
    }

    @Test
    void shouldNameSetsThatAreThereInAnAddition() throws PolicyException {
        bench.apply(HEAD + "sets:\n  - {name: s, addresses: [192.0.2.7]}\n"
                + "  - {name: keyed, ports: [80], key: 00112233-4455-6677-8899-aabbccddee01}\n");
        PolicyReport report = bench.bfe
                .policyFiles()
                .add(
                        "line",
                        HEAD + "filters:\n  - {name: f, layer: ale-auth-connect-v4, action: block, when: ["
                                + "{ip-remote-address: {in-set: s}}, {ip-remote-port: {not: {in-set: keyed}}}]}\n");
        assertThat(report.problems()).isEmpty();
        assertThat(bench.bfe.policyFiles().export("op"))
                .contains("ip-remote-address: {in-set: s}", "ip-remote-port: {not: {in-set: keyed}}");
        assertThat(bench.bfe
                        .policyFiles()
                        .add(
                                "line",
                                HEAD + "filters: [{name: g, layer: ale-auth-connect-v4, action: block, when: ["
                                        + "{ip-remote-port: {in-set: keyd}}]}]\n")
                        .problems()
                        .toString())
                .contains("field=when[0].ip-remote-port", "there is no set \"keyd\"", "did you mean \"keyed\"");
    }

    @Test
    void shouldNameSetsOfOthersByTheirKeyWhileTheyStay() throws PolicyException {
        String key = "00112233-4455-6677-8899-aabbccddee01";
        bench.apply("apiVersion: sallyport/v1\nprovider: other\nlifetime: static\nsets:\n"
                + "  - {name: s, addresses: [192.0.2.7], key: " + key + "}\n");
        String naming = "lifetime: static\nfilters:\n  - {name: f, layer: ale-auth-connect-v4, action: block, when: ["
                + "{ip-remote-address: {in-set: " + key + "}}]}\n";
        assertThat(bench.apply(HEAD + naming).problems()).isEmpty();
        assertThat(bench.bfe.policyFiles().export("op")).contains("{in-set: " + key + "}");
        assertThat(bench.apply("apiVersion: sallyport/v1\nprovider: other\nlifetime: static\n")
                        .problems()
                        .toString())
                .contains("IN_USE", "f names it");
    }
}
