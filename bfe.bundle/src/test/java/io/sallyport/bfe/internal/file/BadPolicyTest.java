package io.sallyport.bfe.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyReport.Problem;
import io.sallyport.bfe.api.PolicyReport.Severity;
import io.sallyport.bfe.internal.Bench;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every mistake is named where it stands. The first line of each file in {@code bad/} says what must be reported: {@code #!
 * line | object | field | part of the message | part of the allowed values}.
 */
class BadPolicyTest {
    private static final Path BAD = Path.of("src/test/resources/bad");

    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void setUp() {
        bench = new Bench(folder);
    }

    static List<String> mistakes() throws IOException {
        try (Stream<Path> files = Files.list(BAD)) {
            return files.map(it -> it.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void shouldNameTheMistakeAndChangeNothing(String name) throws IOException {
        Path file = BAD.resolve(name);
        String firstLine = Files.readAllLines(file).get(0);
        String[] expected = firstLine.substring(2).split("\\|", 5);
        String revision = bench.bfe.revision();

        PolicyReport report = bench.bfe.policyFiles().apply(file);

        assertThat(report.isValid()).isFalse();
        assertThat(bench.bfe.revision()).isEqualTo(revision);
        assertThat(bench.engine.published).hasSize(1);
        assertThat(report.problems()).as("%s", formatted(report)).anySatisfy(problem -> {
            assertThat(problem.severity()).isEqualTo(Severity.ERROR);
            assertThat(problem.line()).as("line").isEqualTo(Integer.parseInt(expected[0].strip()));
            assertThat(problem.object().replace("\n", "\\n")).isEqualTo(expected[1].strip());
            assertThat(problem.field()).isEqualTo(expected[2].strip());
            assertThat(problem.message()).contains(expected[3].strip());
            assertThat(String.join(", ", problem.allowed())).contains(expected[4].strip());
        });
        assertThat(report.problems().stream().filter(it -> it.severity() == Severity.ERROR))
                .as("nothing else is wrong: %s", formatted(report))
                .hasSize(1);
    }

    @Test
    void shouldHaveManyKindsOfMistakes() throws IOException {
        assertThat(mistakes()).hasSizeGreaterThan(100);
    }

    @Test
    void shouldReportAllMistakesOfAFileInOrderOfLines() {
        PolicyReport report = bench.validate("""
                apiVersion: sallyport/v1
                provider: op
                filters:
                  - {name: a, layer: nowhere, action: block}
                  - {name: b, layer: stream-v4, action: deny}
                  - {name: c, layer: stream-v4, action: block, when: [{ip-remote-port: 70000}, {ip-local-port: x}]}
                  - {name: d, layer: stream-v4, action: block, sublayer: none}
                """);

        assertThat(report.problems()).extracting(Problem::line).containsExactly(4, 5, 6, 6, 7);
    }

    @Test
    void shouldRefuseWhatIsNoFile() throws IOException {
        assertThat(message(Path.of("/dev/zero"))).contains("this is no regular file");
        assertThat(message(folder.resolve("missing.yaml"))).contains("there is no such file");
        assertThat(message(folder)).contains("this is a directory");
        Path large = folder.resolve("large.yaml");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength((64L << 20) + 1);
        }
        assertThat(message(large)).contains("the file is larger than 64 MB");
    }

    @Test
    void shouldSayWhereTheFileIsNotUtf8() throws IOException {
        byte[] text = "apiVersion: sallyport/v1\nprovider: ?p\n".getBytes(StandardCharsets.US_ASCII);
        text[35] = (byte) 0xff;
        Path file = Files.write(folder.resolve("latin.yaml"), text);

        assertThat(message(file)).contains("latin.yaml:2:11: error: the file is not UTF-8");
    }

    @Test
    void shouldSayWhereACharacterIsForbidden() throws IOException {
        Path file = Files.writeString(folder.resolve("nul.yaml"), "apiVersion: sallyport/v1\nprovider: a\u0000b\n");

        assertThat(message(file)).contains("nul.yaml:2:12: error: the character U+0000 is not allowed");
    }

    @Test
    void shouldStopListingProblemsAtAThousand() {
        StringBuilder yaml = new StringBuilder("apiVersion: sallyport/v1\nprovider: op\nfilters:\n");
        for (int i = 0; i < 1_500; i++) {
            yaml.append("  - {name: f").append(i).append(", layer: stream-v4, action: deny}\n");
        }

        PolicyReport report = bench.validate(yaml.toString());

        assertThat(report.problems()).hasSize(1_001);
        assertThat(report.problems().get(1_000).message()).isEqualTo("500 more problems are not shown");
    }

    private String message(Path file) throws IOException {
        return formatted(bench.bfe.policyFiles().validate(file));
    }

    private static String formatted(PolicyReport report) {
        return String.join("\n", report.problems().stream().map(Problem::format).toList());
    }
}
