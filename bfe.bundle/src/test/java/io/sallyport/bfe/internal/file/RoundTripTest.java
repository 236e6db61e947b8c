package io.sallyport.bfe.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyReport.Problem;
import io.sallyport.bfe.internal.Bench;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is exported reads back as exactly the same policy, here and on any other gateway. */
class RoundTripTest {
    private static final Path GOOD = Path.of("src/test/resources/good");

    @TempDir
    Path folder;

    static List<String> goldens() throws IOException {
        try (Stream<Path> files = Files.list(GOOD)) {
            return files.map(it -> it.getFileName().toString())
                    .filter(it -> !it.endsWith(".golden"))
                    .sorted()
                    .toList();
        }
    }

    /** Beside each file stands what its export must look like. */
    @ParameterizedTest
    @MethodSource("goldens")
    void shouldExportTheGoldenForm(String name) throws IOException, PolicyException {
        Bench bench = new Bench(folder);
        PolicyReport report = bench.bfe.policyFiles().apply(GOOD.resolve(name));
        assertThat(report.problems()).extracting(Problem::format).isEmpty();

        String exported = bench.bfe.policyFiles().export("op");
        Path golden = GOOD.resolve(name + ".golden");
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(golden, exported);
        }

        assertThat(exported).isEqualTo(Files.readString(golden));
        assertSame(bench, exported);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void shouldReadBackAnyPolicy(long seed) throws PolicyException {
        String yaml = new RandomPolicy(seed).yaml();
        Bench bench = new Bench(folder);
        PolicyReport report = bench.apply(yaml);
        assertThat(report.isValid()).as("%s\n%s", report.problems(), yaml).isTrue();
        assertThat(report.filters()).isPositive();

        assertSame(bench, bench.bfe.policyFiles().export("op"));
    }

    private void assertSame(Bench bench, String exported) throws PolicyException {
        String revision = bench.bfe.revision();
        int published = bench.engine.published.size();
        List<Filter> filters = List.copyOf(bench.bfe.current().filters());

        PolicyReport again = bench.apply(exported);
        assertThat(again.isValid()).as("%s\n%s", again.problems(), exported).isTrue();
        assertThat(bench.bfe.revision()).isEqualTo(revision);
        assertThat(bench.engine.published)
                .as("an equal policy is not published again")
                .hasSize(published);

        Bench other = new Bench(folder);
        other.apply(exported);
        assertThat(other.bfe.revision()).isEqualTo(revision);
        assertThat(other.bfe.current().filters()).containsExactlyElementsOf(filters);
        assertThat(other.bfe.policyFiles().export("op")).isEqualTo(exported);
    }

    /** Writes valid policies that use every kind of value and operator. */
    private static final class RandomPolicy {
        private final Random random;
        private final StringBuilder out = new StringBuilder();

        RandomPolicy(long seed) {
            random = new Random(seed);
        }

        String yaml() {
            line("apiVersion: sallyport/v1");
            line("provider: op");
            line("lifetime: " + pick("persistent", "static"));
            line("sublayers:");
            for (int i = 0; i < 4; i++) {
                line("  - {name: \"s " + i + "\", weight: " + pick("9", "40000", "65535", "3")
                        + pick("", ", description: \"x: #\\\"y\\u0007\"") + "}");
            }
            line("callouts:");
            line("  - {key: x.word, layer: [stream-v4, stream-v6]}");
            line("  - {key: 00112233-4455-6677-8899-aabbccddeeff, name: x.other, layer: stream-v4, flags: []}");
            line("contexts:");
            line("  - {name: c1, data: {a: [1, -2.5, 0x1f, true, \"true\", \"1\", text, {b: {}}], \"k k\": []}}");
            line("sets:");
            line("  - {name: hosts, addresses: [192.0.2.7, 10.0.0.0/8, 10.0.0.0-10.255.255.255, \"2001:DB8::/32\"]}");
            line("  - {name: \"80\", ports: [443, 8000-8099" + pick("", ", 80") + "], description: \"x: #y\"}");
            line("  - {name: none, addresses: [], key: 00112233-4455-6677-8899-aabbccddee01}");
            line("filters:");
            for (int i = 0; i < 30; i++) {
                filter(i);
            }
            return out.toString();
        }

        private void filter(int i) {
            boolean calls = random.nextInt(4) == 0;
            Layer layer = calls ? Layer.STREAM_V4 : Layer.values()[random.nextInt(Layer.COUNT)];
            line("  - name: f" + i);
            line("    layer: " + (calls ? "[stream-v4, stream-v6]" : pick(layer.policyName(), layer.wfpName())));
            line(pick("", "    sublayer: \"s " + random.nextInt(4) + "\"", "    sublayer: lips"));
            line(pick("", "    weight: 3", "    weight: {exact: 5}", "    weight: 18446744073709551615"));
            line(pick("", "    flags: [clear-action-right]", "    flags: [disabled, clear-action-right]"));
            if (calls) {
                line("    action: " + pick("callout-terminating", "callout-inspection", "callout-unknown"));
                line("    callout: x.word");
                line(pick("", "    context: c1", "    raw-context: 0xffffffffffffffff"));
            } else {
                line("    action: " + pick("permit", "block"));
            }
            when(calls ? Layer.STREAM_V4 : layer, calls);
        }

        private void when(Layer layer, boolean isForBothVersions) {
            List<FieldSpec> fields = new ArrayList<>(layer.schema().fields());
            fields.removeIf(it -> isForBothVersions && it.kind() == FieldKind.IP_ADDRESS);
            List<String> entries = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0 && !fields.isEmpty(); i--) {
                FieldSpec spec = fields.remove(random.nextInt(fields.size()));
                entries.add("{" + spec.field().policyName() + ": " + test(spec) + "}");
            }
            line("    when: [" + String.join(", ", entries) + "]");
        }

        private String test(FieldSpec spec) {
            String value = value(spec);
            if (random.nextInt(8) == 0) {
                return "empty";
            }
            if (spec.kind() == FieldKind.FLAGS && spec.field() == Field.FLAGS) {
                return pick(
                        "{all-set: is-fragment}", "{any-set: [is-loopback, is-fragment]}", "{none-set: [0x4000001]}");
            }
            if (spec.type() == DataType.UINT16 && spec.kind() == FieldKind.RAW_DATA && random.nextInt(4) == 0) {
                return pick("{in-set: \"80\"}", "{not: {in-set: \"80\"}}");
            }
            boolean isOrdered = spec.type().name().startsWith("UINT");
            if (isOrdered && spec.kind() != FieldKind.IP_ADDRESS) {
                return pick(
                        value,
                        "{not: 5}",
                        "{in: [1, 2, {range: [4, 6]}]}",
                        "{not: {in: [1, 2, 7]}}",
                        "{ge: 3}",
                        "{lt: 7}",
                        "{range: [3, 3]}",
                        "{not: {range: [0, 9]}}");
            }
            boolean isText = spec.type() == DataType.BYTE_BLOB || spec.type() == DataType.UNICODE_STRING;
            if (isText) {
                return pick(value, "{ends-with: " + value + "}", "{not-ends-with: x}", "{not: " + value + "}");
            }
            return spec.kind() == FieldKind.IP_ADDRESS
                    ? pick(
                            value,
                            "{not: " + value + "}",
                            "{in: [" + value + ", " + value(spec) + "]}",
                            "{in-set: " + pick("hosts", "none", "00112233-4455-6677-8899-aabbccddee01") + "}",
                            "{not: {in-set: hosts}}")
                    : value;
        }

        private String value(FieldSpec spec) {
            boolean isAddress = spec.kind() == FieldKind.IP_ADDRESS;
            return switch (spec.type()) {
                case UINT32 -> isAddress ? pick("192.0.2.1", "10.0.0.0/8", "10.0.0.1-10.0.0.9", "0.0.0.0/1") : number();
                case BYTE_ARRAY16 ->
                    isAddress
                            ? pick("\"2001:db8::1\"", "\"2001:db8::/32\"", "\"::/1\"", "\"::1-::ff\"")
                            : "00112233-4455-6677-8899-aabbccddeeff";
                case BYTE_ARRAY6 -> "\"02:00:00:00:00:0" + random.nextInt(10) + "\"";
                case BYTE_BLOB -> pick("System", "\"hex:0102\"", "\"\\\\device\\\\x y.exe\"", "\"12\"", "\"empty\"");
                case SID -> "S-1-5-21-1-4294967295";
                case UNICODE_STRING -> pick("abc", "\"1.5\"");
                case UINT8, UINT16, UINT64 -> number();
                default -> "\"hex:0100048014000000000000000000000000000000" + "\"";
            };
        }

        private String number() {
            return pick("0", "6", "0x11", "200");
        }

        private String pick(String... choices) {
            return choices[random.nextInt(choices.length)];
        }

        private void line(String text) {
            if (!text.isEmpty()) {
                out.append(text).append('\n');
            }
        }
    }
}
