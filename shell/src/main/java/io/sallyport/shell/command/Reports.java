package io.sallyport.shell.command;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyReport.Problem;
import io.sallyport.shell.protocol.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the policy files say, for people and programs. */
final class Reports {
    private Reports() {}

    /** What a command ends with that has committed a document, or not. */
    static int exitCode(PolicyReport report) {
        if (report.isValid()) {
            return ExitCode.OK;
        }
        if (report.isConfirmationPending()) {
            return ExitCode.CONFIRM_PENDING;
        }
        if (report.isDenied()) {
            return ExitCode.DENIED;
        }
        return report.isAborted() ? ExitCode.NEGATIVE : ExitCode.INVALID;
    }

    /**
     * Says what is wrong with a document that a command has made of its options.
     *
     * @param path of the command
     * @throws CommandFailure with all errors, if there are any; warnings are told here
     */
    static void requireValid(CommandContext context, String path, PolicyReport report) {
        List<String> errors = new ArrayList<>();
        for (Problem problem : report.problems()) {
            if (problem.severity() == PolicyReport.Severity.ERROR) {
                errors.add(plain(problem));
            } else {
                context.err().println(path + ": " + Table.printable(plain(problem)));
            }
        }
        if (!errors.isEmpty()) {
            throw new CommandFailure(exitCode(report), String.join("; ", errors));
        }
    }

    /** A problem without the place in a document that nobody wrote. */
    static String plain(Problem problem) {
        return new Problem(
                        problem.severity(),
                        "",
                        0,
                        0,
                        problem.object(),
                        problem.field(),
                        problem.message(),
                        problem.allowed())
                .format()
                .substring(2);
    }

    static Map<String, @Nullable Object> fields(PolicyReport report) {
        return Json.object(
                "file", report.file(),
                "valid", report.isValid(),
                "filters", report.filters(),
                "testsPassed", report.testsPassed(),
                "problems", report.problems().stream().map(Reports::fields).toList());
    }

    private static Map<String, @Nullable Object> fields(Problem problem) {
        return Json.object(
                "severity", problem.severity() == PolicyReport.Severity.ERROR ? "error" : "warning",
                "line", problem.line(),
                "column", problem.column(),
                "object", problem.object(),
                "field", problem.field(),
                "message", problem.message(),
                "allowed", problem.allowed());
    }
}
