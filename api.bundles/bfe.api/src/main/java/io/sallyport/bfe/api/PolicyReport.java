package io.sallyport.bfe.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy file says and what is wrong with it.
 *
 * @param file as it was named
 * @param problems errors and warnings, in order of lines
 * @param filters how many filters the file makes
 * @param testsPassed how many tests inside the file came out as expected
 * @param isDenied whoever wanted it lacks a right; the problems say which
 * @param isConfirmationPending another commit has to be confirmed or taken back first
 * @param isAborted nothing is wrong with the file: it could not be carried out now, for lack of room on the disk or because the
 *     session is over, for instance
 * @param revision that this made; null if what outlives the gateway stayed as it was
 */
public record PolicyReport(
        String file,
        List<Problem> problems,
        int filters,
        int testsPassed,
        boolean isDenied,
        boolean isConfirmationPending,
        boolean isAborted,
        @Nullable RevisionInfo revision) {

    /** Copies the list. */
    public PolicyReport {
        problems = List.copyOf(problems);
    }

    /**
     * Nobody lacked a right, and neither another commit nor the disk was in the way.
     *
     * @param file as it was named
     * @param problems errors and warnings, in order of lines
     * @param filters how many filters the file makes
     * @param testsPassed how many tests inside the file came out as expected
     */
    public PolicyReport(String file, List<Problem> problems, int filters, int testsPassed) {
        this(file, problems, filters, testsPassed, false, false, false, null);
    }

    /**
     * Tells whether the file can be, or was, applied.
     *
     * @return true if no problem is an error
     */
    public boolean isValid() {
        return problems.stream().noneMatch(p -> p.severity() == Severity.ERROR);
    }

    /** How bad a problem is. */
    public enum Severity {
        /** The file is refused. */
        ERROR,
        /** The file is accepted, and probably does not do what was meant. */
        WARNING
    }

    /**
     * One problem.
     *
     * @param severity error or warning
     * @param file as it was named
     * @param line 1-based; 0 if it concerns the whole file
     * @param column 1-based; 0 if unknown
     * @param object what is wrong, e.g. {@code filter no-telnet}; empty for the file itself
     * @param field the field, e.g. {@code when[1].ip-remote-port}; may be empty
     * @param message what is wrong with which value
     * @param allowed values that would be right; may be empty
     */
    public record Problem(
            Severity severity,
            String file,
            int line,
            int column,
            String object,
            String field,
            String message,
            List<String> allowed) {

        /** Copies the list. */
        public Problem {
            allowed = List.copyOf(allowed);
        }

        /**
         * One line for people.
         *
         * @return e.g. {@code p.yaml:12:5: error: filter no-telnet: layer: unknown layer "x"; allowed: a, b}
         */
        public String format() {
            StringBuilder text = new StringBuilder(file);
            if (line > 0) {
                text.append(':').append(line);
                if (column > 0) {
                    text.append(':').append(column);
                }
            }
            text.append(": ").append(severity == Severity.ERROR ? "error" : "warning");
            if (!object.isEmpty()) {
                text.append(": ").append(object);
            }
            if (!field.isEmpty()) {
                text.append(": ").append(field);
            }
            text.append(": ").append(message);
            if (!allowed.isEmpty()) {
                text.append("; allowed: ").append(String.join(", ", allowed));
            }
            return text.toString();
        }
    }
}
