package io.sallyport.replay;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.engine.api.FilterEngine;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A filter engine and its policy, in fresh state. */
final class Gateway implements AutoCloseable {
    private static final String ENGINE_NAME = "replay";

    private final FilterEngine engine;
    private final BaseFilteringEngine bfe;

    private Gateway(FilterEngine engine, BaseFilteringEngine bfe) {
        this.engine = engine;
        this.bfe = bfe;
    }

    /** A gateway that permits everything that is well-formed. */
    static Gateway create(GatewayServices services) {
        FilterEngine engine = services.engines().create(ENGINE_NAME);
        try {
            return new Gateway(engine, services.bfes().createInMemory(engine));
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /** Puts a policy in force, unless it has problems. */
    PolicyReport apply(Path policy) throws ReplayException {
        try {
            return bfe.policyFiles().apply(policy);
        } catch (IOException e) {
            throw new ReplayException(ExitCode.UNREADABLE_INPUT, policy + ": " + Reasons.of(e), e);
        }
    }

    /** Puts a policy in force that was in force in another gateway before. */
    void applyAgain(@Nullable Path policy) throws ReplayException {
        if (policy == null) {
            return;
        }
        PolicyReport report = apply(policy);
        if (!report.isValid()) {
            throw new ReplayException(
                    ExitCode.UNREADABLE_INPUT, policy + ": changed while it was used: " + report.problems());
        }
    }

    FilterEngine engine() {
        return engine;
    }

    String revision() {
        return bfe.revision();
    }

    @Override
    public void close() {
        bfe.close();
        engine.close();
    }
}
