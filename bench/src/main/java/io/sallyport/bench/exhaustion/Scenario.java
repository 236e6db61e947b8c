package io.sallyport.bench.exhaustion;

import io.sallyport.bench.report.Report;
import java.util.function.Consumer;

/** One way to use something up. */
@FunctionalInterface
interface Scenario {
    /**
     * Does it, and states what was left for others.
     *
     * @param report gets figures and floors
     * @param progress takes a line now and then
     * @throws Exception if it cannot be done at all
     */
    void run(Report report, Consumer<String> progress) throws Exception;
}
