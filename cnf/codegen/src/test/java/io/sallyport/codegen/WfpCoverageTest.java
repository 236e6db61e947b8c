package io.sallyport.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WfpCoverageTest {

    @TempDir
    Path root;

    @BeforeEach
    void makeProject() throws IOException {
        put(
                "cnf/wfp/semantics.md",
                "## 3. Arbitration (ARB)\n\n- **ARB-1** One event. More. [D]\n- **ARB-2** Two. [D]\n");
        put("cnf/wfp/coverage-notes.csv", "rule,status,reason\nARB-2,not-applicable,advice only\n");
        put("a/src/test/java/ATest.java", test("ARB-1"));
        refresh();
    }

    @Test
    void shouldAcceptWhenEveryRuleHasATestOrANote() throws IOException {
        assertThat(WfpCoverage.problems(root)).isEmpty();
        assertThat(Files.readString(root.resolve("docs/wfp-coverage.md")))
                .contains("| ARB-1 | One event. | tested | `ATest.shouldDoIt` |")
                .contains("| ARB-2 | Two. | not applicable | advice only |")
                .contains("| 3. Arbitration (ARB) | 2 | 1 | 0 | 0 | 1 | 0 |");
    }

    @Test
    void shouldNameARuleWithoutTestOrNote() throws IOException {
        put("cnf/wfp/coverage-notes.csv", "rule,status,reason\n");
        refresh();
        assertThat(WfpCoverage.problems(root)).singleElement().asString().startsWith("ARB-2: no test cites it");
    }

    @Test
    void shouldNameACitationOfAnUnknownRule() throws IOException {
        put("b/src/test/java/BTest.java", test("ARB-77"));
        refresh();
        assertThat(WfpCoverage.problems(root)).singleElement().asString().startsWith("ARB-77: cited by");
    }

    @Test
    void shouldNameANoteThatATestContradicts() throws IOException {
        put("b/src/test/java/BTest.java", test("ARB-2"));
        refresh();
        assertThat(WfpCoverage.problems(root)).singleElement().asString().contains("yet a test cites it");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "applicable-part | applicable part tested | not applicable | 2, 0, 1, 0, 1, 0",
                "departs         | departed from, tested  | departure      | 2, 0, 0, 1, 1, 0",
            })
    void shouldShowTestsAndReasonOfARuleThatIsNotKeptToTheLetter(String status, String shown, String word, String sums)
            throws IOException {
        put(
                "cnf/wfp/coverage-notes.csv",
                "rule,status,reason\nARB-1," + status + ",the rest\nARB-2,not-applicable,advice\n");
        refresh();
        assertThat(WfpCoverage.problems(root)).isEmpty();
        assertThat(Files.readString(root.resolve("docs/wfp-coverage.md")))
                .contains("| ARB-1 | One event. | " + shown + " | `ATest.shouldDoIt`; " + word + ": the rest |")
                .contains("| 3. Arbitration (ARB) | " + sums.replace(", ", " | ") + " |");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ARB-2,departs,some of it | ARB-2: coverage-notes.csv says departs, yet no test cites it",
                "ARB-2,partial,some of it | ARB-2: coverage-notes.csv says partial; the statuses are applicable-part",
                "ARB-2,not-applicable,'' | ARB-2: coverage-notes.csv says not-applicable without a reason",
            })
    void shouldNameANoteThatSaysTooLittle(String note, String problem) throws IOException {
        put("cnf/wfp/coverage-notes.csv", "rule,status,reason\n" + note.replace("''", "") + "\n");
        refresh();
        assertThat(WfpCoverage.problems(root)).anySatisfy(it -> assertThat(it).startsWith(problem));
    }

    @Test
    void shouldNoticeAnOutdatedDocument() throws IOException {
        put("docs/wfp-coverage.md", "old");
        assertThat(WfpCoverage.problems(root)).singleElement().asString().contains("out of date");
    }

    @Test
    void shouldNotLookIntoBuildOutput() throws IOException {
        put("a/target/src/test/java/CTest.java", test("ARB-99"));
        assertThat(WfpCoverage.problems(root)).isEmpty();
    }

    private static String test(String rule) {
        return "class ATest {\n    @Test\n    @Tag(\"" + rule + "\")\n    void shouldDoIt() {}\n}\n";
    }

    private void refresh() throws IOException {
        put("docs/wfp-coverage.md", WfpCoverage.render(root));
    }

    private void put(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
