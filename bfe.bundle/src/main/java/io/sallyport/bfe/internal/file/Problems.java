package io.sallyport.bfe.internal.file;

import io.sallyport.bfe.api.PolicyReport.Problem;
import io.sallyport.bfe.api.PolicyReport.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects problems of one file. */
final class Problems {

    /** Nobody reads more. */
    private static final int MAX = 1_000;

    private final String file;
    private final List<Problem> problems = new ArrayList<>();
    private int errors;
    private int suppressed;

    Problems(String file) {
        this.file = file;
    }

    void error(@Nullable YamlNode at, String object, String field, String message, List<String> allowed) {
        errors++;
        add(Severity.ERROR, at == null ? 0 : at.line(), at == null ? 0 : at.column(), object, field, message, allowed);
    }

    void error(@Nullable YamlNode at, String object, String field, String message) {
        error(at, object, field, message, List.of());
    }

    void errorAt(int line, int column, String message) {
        errors++;
        add(Severity.ERROR, line, column, "", "", message, List.of());
    }

    void warning(@Nullable YamlNode at, String object, String field, String message) {
        add(
                Severity.WARNING,
                at == null ? 0 : at.line(),
                at == null ? 0 : at.column(),
                object,
                field,
                message,
                List.of());
    }

    boolean hasErrors() {
        return errors > 0;
    }

    int errorCount() {
        return errors;
    }

    /** In order of lines; what concerns the whole file comes first. */
    List<Problem> sorted() {
        List<Problem> sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
        if (suppressed > 0) {
            sorted.add(new Problem(
                    Severity.ERROR, file, 0, 0, "", "", suppressed + " more problems are not shown", List.of()));
        }
        return sorted;
    }

    private void add(
            Severity severity,
            int line,
            int column,
            String object,
            String field,
            String message,
            List<String> allowed) {
        if (problems.size() >= MAX) {
            suppressed++;
            return;
        }
        problems.add(new Problem(severity, file, line, column, object, field, message, allowed));
    }
}
