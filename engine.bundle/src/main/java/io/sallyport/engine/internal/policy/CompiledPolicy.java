package io.sallyport.engine.internal.policy;

import io.sallyport.engine.api.PreparedPolicy;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A policy after compilation, without the callouts that are registered: those come and go by themselves. Immutable, apart
 * from the mark that it was used and the link to its predecessor until then; the engine's lock guards both.
 */
public final class CompiledPolicy implements PreparedPolicy {
    final String revision;
    final CompiledLayer[] layers;
    final List<String> calloutNames;
    private final Map<Long, EngineFilter> filters;
    private final List<EngineFilter> added;
    private final List<String> warnings;
    /** What it keeps filters of. */
    private @Nullable Publication before;

    private boolean isUsed;

    CompiledPolicy(
            @Nullable Publication before,
            String revision,
            CompiledLayer[] layers,
            List<String> calloutNames,
            Map<Long, EngineFilter> filters,
            List<EngineFilter> added,
            List<String> warnings) {
        this.before = before;
        this.revision = revision;
        this.layers = layers;
        this.calloutNames = calloutNames;
        this.filters = filters;
        this.added = added;
        this.warnings = warnings;
    }

    /** All filters by run-time id. */
    public Map<Long, EngineFilter> filters() {
        return filters;
    }

    /** The filters that were not in the policy before. */
    public List<EngineFilter> added() {
        return added;
    }

    /**
     * The revision.
     *
     * @return names this policy in events
     */
    public String revision() {
        return revision;
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    /** Refuses to be used twice, or to follow something else than it was compiled against: it shares filters with that. */
    void requireFollows(@Nullable Publication inForce) {
        if (!isUsed && before != inForce) {
            throw new IllegalStateException("policy " + revision + " was prepared before another one was published");
        }
        requireUnused();
    }

    private void requireUnused() {
        if (isUsed) {
            throw new IllegalStateException("policy " + revision + " was published or abandoned before");
        }
    }

    /** Uses it up: published or abandoned once. */
    public void use() {
        requireUnused();
        isUsed = true;
        before = null;
    }
}
