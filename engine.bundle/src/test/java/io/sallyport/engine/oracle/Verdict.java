package io.sallyport.engine.oracle;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import java.util.List;

/** Everything about a classify that the engine and the oracle must agree on. {@code filter} is 0 if none decided. */
public record Verdict(
        ClassifyOutcome.Action action,
        boolean isPermitted,
        ClassifyReason reason,
        long filter,
        long context,
        boolean isVeto,
        boolean isAbsorbed,
        List<String> calls) {}
