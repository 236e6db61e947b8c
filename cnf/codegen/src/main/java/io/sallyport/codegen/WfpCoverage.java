package io.sallyport.codegen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Writes or checks docs/wfp-coverage.md, from the rules (cnf/wfp/semantics.md), the tests that cite them, and the notes on
 * rules that have none or that are kept in part only (cnf/wfp/coverage-notes.csv: {@code rule,status,reason}). A rule with
 * status {@code not-applicable} or {@code later} has no tests. One with status {@code applicable-part} has tests of all that can
 * be here, and the reason names what cannot; one with status {@code departs} has tests of what is done, and the reason names
 * what the platform does otherwise.
 */
public final class WfpCoverage {

    /**
     * Sections whose rules must each have a test or a note: objects, sessions, security, arbitration, weights, conditions,
     * callouts, notifications, enumeration, events, the packet path.
     */
    private static final Set<Integer> COMPLETE_SECTIONS =
            Set.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22);

    private static final int SHOWN_TESTS = 3;
    private static final String NOT_APPLICABLE = "not-applicable";
    private static final String APPLICABLE_PART = "applicable-part";
    private static final String DEPARTS = "departs";
    /** Those of rules that have tests. */
    private static final Set<String> TESTED = Set.of(APPLICABLE_PART, DEPARTS);

    private static final Set<String> STATUSES = Set.of(NOT_APPLICABLE, "later", APPLICABLE_PART, DEPARTS);

    private WfpCoverage() {}

    /**
     * Runs the generator.
     *
     * @param args {@code write} or {@code check}, and the project's root folder
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 2 || !Set.of("write", "check").contains(args[0])) {
            throw new IllegalArgumentException("usage: WfpCoverage write|check <root folder>");
        }
        Path root = Path.of(args[1]);
        if (args[0].equals("write")) {
            Files.writeString(document(root), render(root));
        }
        List<String> problems = problems(root);
        if (!problems.isEmpty()) {
            problems.forEach(System.err::println);
            System.exit(1);
        }
    }

    private static Path document(Path root) {
        return root.resolve("docs/wfp-coverage.md");
    }

    /**
     * What is wrong: rules without test or note in the sections that must be complete, citations of rules that are not
     * there, notes that a test contradicts, a document that is not what would be written.
     *
     * @param root the project's root folder
     * @return one line each; empty if all is well
     * @throws IOException if a file cannot be read
     */
    public static List<String> problems(Path root) throws IOException {
        List<Rule> rules = Rule.read(root.resolve("cnf/wfp/semantics.md"));
        Map<String, SortedSet<String>> tests = CitedTests.scan(root);
        Map<String, Csv.Row> notes = notes(root);
        SortedSet<String> problems = new TreeSet<>();
        Set<String> known = new TreeSet<>();
        for (Rule rule : rules) {
            known.add(rule.id());
            boolean isTested = tests.containsKey(rule.id());
            Csv.Row note = notes.get(rule.id());
            if (!isTested && note == null && COMPLETE_SECTIONS.contains(rule.section())) {
                problems.add(rule.id() + ": no test cites it and coverage-notes.csv does not say why");
            }
            if (note != null) {
                checkNote(rule.id(), note, isTested, problems);
            }
        }
        tests.keySet().stream()
                .filter(id -> !known.contains(id))
                .forEach(id -> problems.add(id + ": cited by " + tests.get(id) + ", but there is no such rule"));
        notes.keySet().stream()
                .filter(id -> !known.contains(id))
                .forEach(id -> problems.add(id + ": in coverage-notes.csv, but there is no such rule"));
        Path document = document(root);
        if (!Files.exists(document) || !Files.readString(document).equals(render(root))) {
            problems.add("docs/wfp-coverage.md is out of date; run: cnf/coverage.sh write");
        }
        return List.copyOf(problems);
    }

    private static void checkNote(String rule, Csv.Row note, boolean isTested, Set<String> problems) {
        String status = note.get("status");
        String says = rule + ": coverage-notes.csv says " + status;
        if (!STATUSES.contains(status)) {
            problems.add(says + "; the statuses are " + String.join(", ", new TreeSet<>(STATUSES)));
        } else if (note.get("reason").isBlank()) {
            problems.add(says + " without a reason");
        } else if (isTested && !TESTED.contains(status)) {
            problems.add(says + ", yet a test cites it");
        } else if (!isTested && TESTED.contains(status)) {
            problems.add(says + ", yet no test cites it");
        }
    }

    private static Map<String, Csv.Row> notes(Path root) throws IOException {
        Map<String, Csv.Row> notes = new HashMap<>();
        for (Csv.Row row : Csv.read(root.resolve("cnf/wfp/coverage-notes.csv"))) {
            notes.put(row.get("rule"), row);
        }
        return notes;
    }

    /** The document. */
    static String render(Path root) throws IOException {
        List<Rule> rules = Rule.read(root.resolve("cnf/wfp/semantics.md"));
        Map<String, SortedSet<String>> tests = CitedTests.scan(root);
        Map<String, Csv.Row> notes = notes(root);
        StringBuilder text = new StringBuilder("""
                # Coverage of the platform's rules

                Generated from `cnf/wfp/semantics.md`, the tests that cite its rules with `@Tag("RULE")`, and
                `cnf/wfp/coverage-notes.csv`. Run one rule's tests with `mvn verify -Dgroups=ARB-4`. Of a rule whose applicable part is
                tested, the words behind the tests say what a gateway cannot have; of one that is departed from, the tests show what
                is done here, and the words say what the platform does otherwise.

                | section | rules | tested | applicable part tested | departed from, tested | not applicable | later |
                |---|---|---|---|---|---|---|
                """);
        StringBuilder body = new StringBuilder();
        int i = 0;
        while (i < rules.size()) {
            int end = i;
            while (end < rules.size()
                    && rules.get(end).section() == rules.get(i).section()) {
                end++;
            }
            section(rules.subList(i, end), tests, notes, text, body);
            i = end;
        }
        return text.append(body).toString();
    }

    private static void section(
            List<Rule> rules,
            Map<String, SortedSet<String>> tests,
            Map<String, Csv.Row> notes,
            StringBuilder summary,
            StringBuilder body) {
        int tested = 0;
        int applicablePart = 0;
        int departs = 0;
        int notApplicable = 0;
        body.append("\n## ")
                .append(rules.get(0).section())
                .append(". ")
                .append(rules.get(0).sectionTitle());
        body.append("\n\n| rule | says | status | shown by |\n|---|---|---|---|\n");
        for (Rule rule : rules) {
            SortedSet<String> cited = tests.get(rule.id());
            Csv.Row note = notes.get(rule.id());
            String status = "later";
            String shown = note == null ? "" : note.get("reason");
            if (cited != null && note != null && note.get("status").equals(APPLICABLE_PART)) {
                status = "applicable part tested";
                shown = shorten(cited) + "; not applicable: " + note.get("reason");
                applicablePart++;
            } else if (cited != null && note != null) {
                status = "departed from, tested";
                shown = shorten(cited) + "; departure: " + note.get("reason");
                departs++;
            } else if (cited != null) {
                status = "tested";
                shown = shorten(cited);
                tested++;
            } else if (note != null && note.get("status").equals(NOT_APPLICABLE)) {
                status = "not applicable";
                notApplicable++;
            }
            body.append("| ")
                    .append(rule.id())
                    .append(" | ")
                    .append(rule.statement())
                    .append(" | ");
            body.append(status).append(" | ").append(shown).append(" |\n");
        }
        summary.append("| ")
                .append(rules.get(0).section())
                .append(". ")
                .append(rules.get(0).sectionTitle());
        summary.append(" | ").append(rules.size()).append(" | ").append(tested).append(" | ");
        summary.append(applicablePart).append(" | ").append(departs).append(" | ");
        summary.append(notApplicable).append(" | ");
        summary.append(rules.size() - tested - applicablePart - departs - notApplicable)
                .append(" |\n");
    }

    private static String shorten(SortedSet<String> tests) {
        String shown = String.join(
                ", ", tests.stream().limit(SHOWN_TESTS).map(t -> "`" + t + "`").toList());
        return tests.size() > SHOWN_TESTS ? shown + " and " + (tests.size() - SHOWN_TESTS) + " more" : shown;
    }
}
