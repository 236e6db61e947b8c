package io.sallyport.bfe.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.internal.Bench;
import io.sallyport.bfe.internal.FakeEngine;
import io.sallyport.bfe.internal.session.BfeImpl;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Value;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single objects from the shell: added to what is there, and printed. */
class PolicyAddTest {
    private static final String HEAD = "apiVersion: sallyport/v1\nprovider: operator\n";
    private static final String BASE = HEAD + """
            sublayers:
              - {name: web, weight: 30000}
            callouts:
              - {key: io.example.look, layer: stream-v4}
            contexts:
              - {name: words, data: {words: [a]}}
            filters:
              - {name: first, layer: stream-v4, sublayer: web, action: block}
            """;

    @TempDir
    Path folder;

    private Bench bench;
    private PolicyFiles files;

    @BeforeEach
    void apply() {
        bench = new Bench(folder);
        files = bench.bfe.policyFiles();
        assertThat(bench.apply(BASE).problems()).isEmpty();
    }

    @Test
    void shouldAddToWhatIsThereInOneTransaction() {
        PolicyReport report = files.add("line", HEAD + """
                filters:
                  - {name: second, layer: stream-v4, sublayer: web, action: callout-unknown, callout: io.example.look,
                     context: words}
                  - {name: third, layer: [stream-v4, stream-v6], action: block}
                """);

        assertThat(report.problems()).isEmpty();
        assertThat(report.filters()).isEqualTo(3);
        assertThat(names()).containsExactly("first", "second", "third", "third");
        assertThat(bench.engine.published).hasSize(3); // the start, the base, the addition
        Filter second = filter("second");
        assertThat(second.sublayer()).isEqualTo(filter("first").sublayer());
        assertThat(second.callout()).isNotNull();
        assertThat(second.providerContext()).isNotNull();
    }

    @Test
    void shouldRemoveAProviderWithAllThatIsItsOwn() {
        assertThat(files.add("line", """
                apiVersion: sallyport/v1
                provider: 'the \\ "other"'
                filters: [{name: a, layer: stream-v4, action: block}]
                """).problems()).isEmpty();
        assertThat(files.remove("operator", CommitOptions.NONE).problems()).isEmpty();
        assertThat(names()).containsExactly("a");
        assertThat(files.remove("the \\ \"other\"", CommitOptions.NONE).problems())
                .isEmpty();
        assertThat(names()).isEmpty();
        assertThat(bench.bfe.current().providers())
                .extracting(it -> it.display().name())
                .doesNotContain("operator", "the \\ \"other\"");
    }

    @Test
    void shouldMakeTheProviderIfThereIsNone() {
        PolicyReport report = files.add("line", """
                apiVersion: sallyport/v1
                provider: other
                filters: [{name: a, layer: stream-v4, action: block}]
                """);

        assertThat(report.problems()).isEmpty();
        assertThat(bench.bfe.current().providers())
                .extracting(it -> it.display().name())
                .contains("operator", "other");
    }

    @Test
    void shouldRefuseWhatExistsAlreadyAndAddNothingOfTheRest() {
        String revision = bench.bfe.revision();

        PolicyReport report = files.add("line", HEAD + """
                sublayers:
                  - {name: web, weight: 20000}
                filters:
                  - {name: new, layer: stream-v6, action: block}
                  - {name: first, layer: stream-v4, action: permit}
                """);

        assertThat(report.isValid()).isFalse();
        assertThat(report.problems()).extracting(PolicyReport.Problem::line).containsExactly(4, 7);
        assertThat(report.problems())
                .extracting(PolicyReport.Problem::object)
                .containsExactly("sublayer web", "filter first");
        assertThat(report.problems()).allSatisfy(it -> assertThat(it.message()).contains("ALREADY_EXISTS"));
        assertThat(bench.bfe.revision()).isEqualTo(revision);
        assertThat(names()).containsExactly("first");
    }

    @Test
    void shouldNameReferencesThatLeadNowhere() {
        PolicyReport report = files.add("line", HEAD + """
                filters:
                  - {name: a, layer: stream-v4, sublayer: wed, action: block}
                  - {name: b, layer: stream-v4, action: callout-unknown, callout: io.example.look, context: word}
                """);

        assertThat(report.problems())
                .extracting(PolicyReport.Problem::format)
                .containsExactly(
                        "line:4:43: error: filter a: sublayer: there is no sublayer \"wed\", did you mean \"web\"?;"
                                + " allowed: web, lips, teredo, rpc-audit, universal, ...",
                        "line:5:93: error: filter b: context: there is no context \"word\", did you mean \"words\"?;"
                                + " allowed: words");
    }

    @Test
    void shouldSayIfOnlySomebodyElseHasASublayerOfThatName() {
        assertThat(files.add("theirs", """
                apiVersion: sallyport/v1
                provider: branch
                sublayers: [{name: theirs, weight: 7777}]
                """).problems()).isEmpty();
        assertThat(files.add("line", HEAD + """
                filters:
                  - {name: a, layer: stream-v4, sublayer: theirs, action: block}
                """).problems())
                .singleElement()
                .satisfies(it -> assertThat(it.format())
                        .contains(
                                "filter a: sublayer: there is no sublayer \"theirs\" of provider \"operator\"; that of"
                                        + " another provider is named by its key, "));
    }

    @Test
    void shouldSayWhatIsWrongWithText() {
        assertThat(files.add("line", "filters: [").problems())
                .singleElement()
                .satisfies(it -> assertThat(it.format()).startsWith("line:1:"));
        assertThat(files.add("line", HEAD).problems()).isEmpty();
    }

    @Test
    void shouldPrintAFilterAsAnEntryThatCanBeAddedAgain() throws PolicyException {
        files.add("line", HEAD + """
                filters:
                  - name: second
                    layer: stream-v4
                    sublayer: web
                    weight: 3
                    when: [{ip-remote-port: {in: [80, 443]}}, {ip-remote-address: 192.0.2.0/24}]
                    action: block
                    flags: clear-action-right
                """);
        Filter second = filter("second");

        String printed = files.print(second);

        assertThat(printed).isEqualTo("""
                - name: second
                  layer: stream-v4
                  sublayer: web
                  weight: 3
                  when:
                    - ip-remote-port: {in: [80, 443]}
                    - ip-remote-address: 192.0.2.0/24
                  action: block
                  flags: [clear-action-right]
                """);
        assertThat(bench.apply(BASE).problems()).isEmpty(); // takes it away
        assertThat(files.add("line", HEAD + "filters:\n" + printed).problems()).isEmpty();
        assertThat(filter("second").key()).isEqualTo(second.key());
        assertThat(filter("second").conditions()).isEqualTo(second.conditions());
        assertThat(filter("second").effectiveWeight()).isEqualTo(second.effectiveWeight());
    }

    @ParameterizedTest
    @CsvSource({"veth0, 1", "veth1, 2", "lan, 1", "wan, 2"})
    void shouldKnowTheInterfacesOfALiveGatewayByTheSystemsNames(String name, int side) {
        PolicyReport report = live().add("line", onInterface(name));
        PolicyReport byWord = files.add("line", onInterface(side == 1 ? "lan" : "wan"));

        assertThat(report.problems()).isEmpty();
        assertThat(byWord.problems()).isEmpty();
        assertThat(interfaceOf(liveBfe)).isEqualTo(interfaceOf(bench.bfe));
    }

    @Test
    void shouldRefuseOtherInterfacesAndNameTheAllowedOnes() {
        assertThat(live().add("line", onInterface("veth9")).problems())
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.message()).contains("\"veth9\" is no interface of this gateway");
                    assertThat(it.allowed()).contains("lan", "wan", "veth0", "veth1");
                });
        assertThat(files.add("line", onInterface("veth0")).problems())
                .singleElement()
                .satisfies(it -> assertThat(it.allowed()).contains("lan", "wan").doesNotContain("veth0"));
        String elsewhere =
                HEAD + "filters: [{name: a, layer: stream-v4, action: block, when: [{ip-remote-port: veth0}]}]";
        assertThat(live().add("line", elsewhere).isValid()).isFalse();
    }

    private BfeImpl liveBfe;

    private PolicyFiles live() {
        GatewayConfig config = new GatewayConfig(folder, "veth0", "veth1", null, false);
        liveBfe = new BfeImpl(new FakeEngine(), 1_000, it -> new PolicyFilesImpl(it, () -> null, config));
        return liveBfe.policyFiles();
    }

    private static String onInterface(String name) {
        return HEAD + "filters: [{name: a, layer: ale-auth-connect-v4, action: block, when: [{ip-local-interface: "
                + name + "}]}]";
    }

    private static Value interfaceOf(BfeImpl bfe) {
        return bfe.current().filters().stream()
                .filter(it -> it.display().name().equals("a"))
                .map(Filter::conditions)
                .map(it -> it.get(0))
                .map(Condition::value)
                .findFirst()
                .orElseThrow();
    }

    private List<String> names() {
        return bench.bfe.current().filters().stream()
                .map(it -> it.display().name())
                .toList();
    }

    private Filter filter(String name) {
        return bench.bfe.current().filters().stream()
                .filter(it -> it.display().name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
