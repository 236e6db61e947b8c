package io.sallyport.bfe.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyReport.Problem;
import io.sallyport.bfe.api.PolicyReport.Severity;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.Bench;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.BuiltinCallout;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacementTest {
    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void setUp() {
        bench = new Bench(folder);
    }

    private PolicyReport apply(String provider, String... parts) {
        return bench.apply("apiVersion: sallyport/v1\nprovider: " + provider + "\n" + String.join("\n", parts) + "\n");
    }

    private static String filters(String... names) {
        StringBuilder out = new StringBuilder("filters:\n");
        for (String name : names) {
            out.append("  - {name: ").append(name).append(", layer: stream-v4, action: block}\n");
        }
        return out.toString();
    }

    private List<String> inForce() {
        return bench.engine.current().filters().stream().map(FilterImage::name).toList();
    }

    private long id(String name) {
        return bench.engine.current().filters().stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow()
                .id();
    }

    @Test
    void shouldReplaceOnlyTheObjectsOfItsProvider() {
        apply("one", filters("a", "b"));
        apply("two", filters("a", "c"));

        apply("one", filters("d"));

        assertThat(inForce()).containsExactlyInAnyOrder("a", "c", "d");
        assertThat(bench.engine.current().filters())
                .extracting(FilterImage::provider)
                .contains("one", "two");
    }

    @Test
    void shouldRemoveEverythingWithAFileWithoutObjects() {
        String before = bench.bfe.revision();
        apply("one", "sublayers: [{name: s, weight: 9}]", filters("a"));

        PolicyReport report = apply("one");

        assertThat(report.problems()).isEmpty();
        assertThat(bench.bfe.revision()).isEqualTo(before);
        assertThat(inForce()).isEmpty();
    }

    @Test
    @Tag("ARB-26")
    void shouldAddFiltersInTheOrderOfTheFileWhateverWasThereBefore() {
        apply("one", filters("a", "b", "c"));
        long kept = id("a");

        apply("one", filters("a", "x", "c", "b"));

        assertThat(id("a")).as("unchanged from the first filter on").isEqualTo(kept);
        assertThat(id("a")).isLessThan(id("x"));
        assertThat(id("x")).isLessThan(id("c"));
        assertThat(id("c")).isLessThan(id("b"));
    }

    @Test
    void shouldKeepWhatIsEqualWhenAFilterIsAdded() {
        String context = "contexts: [{name: c, data: {a: 1}}]\nsublayers: [{name: s, weight: 9}]";
        apply("one", context, filters("a"));
        var before = List.copyOf(bench.bfe.current().providerContexts());

        apply("one", context, filters("a", "b"));

        assertThat(bench.bfe.current().providerContexts()).containsExactlyElementsOf(before);
    }

    @Test
    void shouldReplaceASublayerTogetherWithItsFilters() {
        String filter = "filters: [{name: a, layer: stream-v4, sublayer: s, action: block}]";
        apply("one", "sublayers: [{name: s, weight: 9}]", filter);

        PolicyReport report = apply("one", "sublayers: [{name: s, weight: 900}]", filter);

        assertThat(report.problems()).isEmpty();
        assertThat(bench.engine.current().sublayers())
                .extracting(it -> it.weight())
                .containsExactly(900);
    }

    @Test
    void shouldGoFromPersistentToStaticAndBack() {
        apply("one", filters("a"));
        String persistent = bench.bfe.revision();

        assertThat(apply("one", "lifetime: static", filters("a")).problems()).isEmpty();
        assertThat(bench.bfe.revision()).isNotEqualTo(persistent);
        assertThat(apply("one", filters("a")).problems()).isEmpty();
        assertThat(bench.bfe.revision()).isEqualTo(persistent);
    }

    @Test
    @Tag("LIFE-14")
    void shouldChangeNothingWhenSomebodyElseNeedsWhatGoes() throws PolicyException {
        apply("one", "sublayers: [{name: s, weight: 9}]", filters("a"));
        var sublayer = bench.engine.published.size();
        var key = bench.bfe.current().sublayers().stream()
                .filter(it -> it.display().name().equals("s"))
                .findFirst()
                .orElseThrow()
                .key();
        try (Session session = bench.bfe.openSession(SessionOptions.dynamic("plug-in"));
                Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            transaction.add(Filter.builder("guest", Layer.STREAM_V4, ActionType.BLOCK)
                    .sublayer(key)
                    .build());
            transaction.commit();

            PolicyReport report = apply("one", filters("b"));

            assertThat(report.isValid()).isFalse();
            assertThat(report.problems().get(0).message()).contains("IN_USE");
            assertThat(inForce()).containsExactly("a", "guest");
            assertThat(bench.engine.published).hasSize(sublayer + 1);
        }
        assertThat(apply("one", filters("b")).problems()).isEmpty();
    }

    @Test
    @Tag("LIFE-12")
    void shouldShareAnEqualCalloutByReferenceCount() throws PolicyException {
        String callout = "callouts: [{key: x.c, layer: stream-v4}]";
        String filter = "filters: [{name: a, layer: stream-v4, action: callout-unknown, callout: x.c}]";
        assertThat(apply("one", callout, filter).problems()).isEmpty();
        assertThat(apply("two", callout, filter).problems()).isEmpty();
        assertThat(bench.engine.current().callouts()).hasSize(1);
        assertThat(bench.bfe.policyFiles().export("one")).contains("key: x.c");
        assertThat(bench.bfe.policyFiles().export("two")).contains("key: x.c");

        assertThat(apply("one").problems()).isEmpty();

        assertThat(bench.engine.current().callouts()).hasSize(1);
        assertThat(bench.bfe.current().callouts())
                .filteredOn(it -> BuiltinCallout.byKey(it.key()) == null)
                .hasSize(1)
                .allMatch(it -> it.provider() != null);
        assertThat(apply("two", callout, filter).problems()).isEmpty();
        assertThat(apply("two").problems()).isEmpty();
        assertThat(bench.engine.current().callouts()).isEmpty();
    }

    @Test
    @Tag("LIFE-17")
    void shouldNotShareACalloutWithOtherContent() {
        apply("one", "callouts: [{key: x.c, layer: stream-v4}]");

        PolicyReport report = apply("two", "callouts: [{key: x.c, layer: stream-v4, flags: []}]");

        assertThat(report.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.object()).isEqualTo("callout x.c");
            assertThat(problem.line()).isEqualTo(3);
            assertThat(problem.message()).contains("ALREADY_EXISTS").contains("cannot be shared");
        });
    }

    @Test
    @Tag("ARB-24")
    void shouldWarnWhenASublayerGetsAnotherWeight() {
        apply("one", "sublayers: [{name: s, weight: 9}]");
        String two = "sublayers: [{name: t, weight: 9}]";
        PolicyReport report = apply("two", two);
        int published = bench.engine.published.size();

        assertThat(report.isValid()).isTrue();
        assertThat(report.problems())
                .extracting(Problem::message)
                .containsExactly("the weight 9 is taken, this sublayer gets 8");
        apply("two", two);
        assertThat(bench.engine.published).as("still the same").hasSize(published);
    }

    @Test
    @Tag("COND-4")
    void shouldWarnAboutTwoNegationsOfOneField() {
        PolicyReport report = apply(
                "one",
                "filters: [{name: a, layer: stream-v4, action: block,"
                        + " when: [{ip-remote-port: {not: 1}}, {ip-remote-port: {not: 2}}]}]");

        assertThat(report.isValid()).isTrue();
        assertThat(report.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.severity()).isEqualTo(Severity.WARNING);
            assertThat(problem.field()).isEqualTo("when[0].ip-remote-port");
        });
    }

    @Test
    void shouldWarnAboutAddressesThatAreMoreThanTheirNetwork() {
        PolicyReport report = apply(
                "one",
                "filters:",
                "  - {name: a, layer: stream-v4, action: block, when: [{ip-remote-address: 10.0.0.1/8}]}",
                "  - {name: b, layer: stream-v6, action: block, when: [{ip-remote-address: \"2001:db8::1/32\"}]}",
                "  - {name: c, layer: stream-v6, action: block, when: [{ip-remote-address: \"2001:db8::/32\"}]}");

        assertThat(report.isValid()).isTrue();
        assertThat(report.problems()).extracting(Problem::object).containsExactly("filter a", "filter b");
        assertThat(report.problems()).extracting(Problem::message).allMatch(it -> it.contains("count for nothing"));
    }

    @Test
    void shouldWarnAboutLayersThatAreNeverClassified() {
        PolicyReport report = apply("one", "filters: [{name: a, layer: rpc-um, action: block}]");

        assertThat(report.isValid()).isTrue();
        assertThat(report.problems())
                .extracting(Problem::message)
                .singleElement()
                .asString()
                .contains("no effect");
    }

    @Test
    void shouldValidateWithoutChangingAnything() {
        PolicyReport report = bench.validate("apiVersion: sallyport/v1\nprovider: one\n" + filters("a"));

        assertThat(report.isValid()).isTrue();
        assertThat(report.filters()).isEqualTo(1);
        assertThat(bench.engine.published).hasSize(1);
        assertThat(bench.engine.abandoned).hasSize(1);
    }

    @Test
    @Tag("CALL-11")
    void shouldReportWhatACalloutRefusesAndChangeNothing() {
        bench.engine.check = image -> {
            throw new PolicyException(WfpError.CALLOUT_NOTIFICATION_FAILED, "callout x.c refuses filter a");
        };

        PolicyReport report = apply("one", filters("a"));

        assertThat(report.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message())
                        .contains("CALLOUT_NOTIFICATION_FAILED: callout x.c refuses filter a"));
        assertThat(bench.bfe.current().filters()).isEmpty();
    }

    @Test
    void shouldLeaveDynamicObjectsOfItsProviderAlone() throws PolicyException {
        apply("one", filters("a"));
        var provider = bench.bfe.current().filters().iterator().next().provider();
        try (Session session = bench.bfe.openSession(SessionOptions.dynamic("plug-in"));
                Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            transaction.add(Filter.builder("guest", Layer.STREAM_V4, ActionType.BLOCK)
                    .provider(provider)
                    .build());
            transaction.commit();

            assertThat(apply("one").problems()).isEmpty();

            assertThat(inForce()).containsExactly("guest");
            assertThat(bench.bfe.policyFiles().export("one")).doesNotContain("guest");
        }
        assertThat(inForce()).isEmpty();
    }

    @Test
    void shouldExportObjectsThatWereNotMadeByAFileWithTheirKeys() throws PolicyException {
        apply("one", filters("a"));
        var made = bench.bfe.current().filters().iterator().next();
        try (Session session = bench.bfe.openSession(SessionOptions.named("admin"));
                Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            transaction.add(Filter.builder("a", Layer.STREAM_V4, ActionType.PERMIT)
                    .provider(made.provider())
                    .build());
            transaction.commit();
        }
        String revision = bench.bfe.revision();

        PolicyReport report = bench.apply(bench.bfe.policyFiles().export("one"));

        assertThat(report.problems()).isEmpty();
        assertThat(bench.bfe.revision()).isEqualTo(revision);
        assertThat(bench.bfe.current().filter(made.key())).isEqualTo(made);
    }

    @Test
    void shouldGiveTheSameKeysOnEveryGateway() {
        apply("one", filters("a"));
        var first = bench.bfe.current().filters().iterator().next();
        Bench other = new Bench(folder);
        other.apply("apiVersion: sallyport/v1\nprovider: one\n" + filters("a"));

        assertThat(first.key().version()).isEqualTo(5);
        assertThat(other.bfe.current().filter(first.key())).isEqualTo(first);
        assertThat(ObjectKeys.of("one", ObjectType.FILTER, "a", Layer.STREAM_V4))
                .isEqualTo(first.key());
    }
}
