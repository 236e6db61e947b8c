package io.sallyport.bfe.internal.file;

import io.sallyport.bfe.internal.file.PolicyDocument.TestPart;
import io.sallyport.bfe.internal.file.TestBench.Fate;
import io.sallyport.bfe.internal.file.TestBench.Verdict;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.policy.PolicyException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the tests of a policy file against the policy that it would make. */
final class PolicyTests {
    private final TestBench bench;
    private final PolicyDocument document;
    private final Problems problems;

    PolicyTests(TestBench bench, PolicyDocument document, Problems problems) {
        this.bench = bench;
        this.document = document;
        this.problems = problems;
    }

    /** How many tests came out as expected; the others are reported. */
    int run(PolicyImage image) {
        int passed = 0;
        try (TestBench.Run run = bench.open(image)) {
            for (TestPart test : document.tests()) {
                passed += passes(test, run) ? 1 : 0;
            }
        } catch (PolicyException e) {
            problems.error(document.root(), "", "", String.valueOf(e.getMessage()));
        }
        return passed;
    }

    /** A fault on the way is a failed test, not the end of the gateway's management. */
    private boolean passes(TestPart test, TestBench.Run run) {
        try {
            return isAsExpected(test, run.send(test.packet()));
        } catch (RuntimeException e) {
            problems.error(test.node(), "test", "packet", "could not be run: " + e);
            return false;
        }
    }

    private boolean isAsExpected(TestPart test, Verdict verdict) {
        boolean isFate = verdict.fate() == (test.expectPermit() ? Fate.PERMIT : Fate.BLOCK);
        String by = test.by();
        if (isFate && (by == null || by.equals(verdict.filter()))) {
            return true;
        }
        String actual = switch (verdict.fate()) {
            case PERMIT -> "permit" + by(verdict.filter());
            case BLOCK -> "block" + by(verdict.filter()) + " (" + verdict.detail() + ")";
            case HELD -> "nothing: the packet is held";
        };
        String expected = (test.expectPermit() ? "permit" : "block") + (by == null ? "" : " by " + by);
        YamlNode packet = test.node().get("packet");
        problems.error(
                test.node().get("expect"),
                "test " + (packet instanceof YamlNode.Scalar it ? it.text() : ""),
                "expect",
                "expected " + expected + ", got " + actual + hint(by),
                List.of());
        return false;
    }

    private static String by(@Nullable String filter) {
        return filter == null ? " by no filter" : " by " + filter;
    }

    private String hint(@Nullable String by) {
        boolean isUnknown = by != null && !PolicyParser.filterNames(document).contains(by);
        return isUnknown ? "; this file has no filter " + by : "";
    }
}
