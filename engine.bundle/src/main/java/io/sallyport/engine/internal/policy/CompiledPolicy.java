package io.sallyport.engine.internal.policy;

import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.match.IndexedMatcher;
import io.sallyport.engine.internal.match.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * A policy after compilation, without the callouts that are registered: those come and go by themselves. Immutable, apart
 * from the mark that it was used and the link to its predecessor until then; the engine's lock guards both.
 */
public final class CompiledPolicy implements PreparedPolicy {
    final String revision;
    final CompiledLayer[] layers;
    final Vocabulary vocabulary;
    final List<String> calloutNames;
    private final TreePMap<Long, EngineFilter> filters;
    private final Delta delta;
    private final List<String> warnings;
    /** What it keeps filters of. */
    private @Nullable Publication before;

    private boolean isUsed;

    /**
     * What is other than in the policy before.
     *
     * @param added filters that were not there
     * @param removed filters that are not here any more; null: nobody has looked
     */
    record Delta(List<EngineFilter> added, @Nullable List<EngineFilter> removed) {}

    CompiledPolicy(
            @Nullable Publication before,
            String revision,
            CompiledLayer[] layers,
            Vocabulary vocabulary,
            TreePMap<Long, EngineFilter> filters,
            Delta delta,
            List<String> warnings) {
        this.before = before;
        this.revision = revision;
        this.layers = layers;
        this.vocabulary = vocabulary;
        this.calloutNames = vocabulary.calloutNames();
        this.filters = filters;
        this.delta = delta;
        this.warnings = warnings;
    }

    /** All filters by run-time id. */
    public TreePMap<Long, EngineFilter> filters() {
        return filters;
    }

    /** The filters that were not in the policy before. */
    public List<EngineFilter> added() {
        return delta.added();
    }

    /** The filters of the policy before that are not in this one; null: not known. */
    @Nullable List<EngineFilter> removed() {
        return delta.removed();
    }

    /**
     * The revision.
     *
     * @return names this policy in events
     */
    public String revision() {
        return revision;
    }

    /**
     * A matcher whose summary should be made anew.
     *
     * @param layerId where
     * @param sublayer where
     * @param matcher as it is in this policy
     */
    public record Coarse(int layerId, UUID sublayer, IndexedMatcher matcher) {}

    /** Where many changes have made searches slower. */
    public List<Coarse> coarse() {
        List<Coarse> coarse = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            for (CompiledSublayer sublayer : layers[i].sublayers) {
                if (sublayer.matcher.isCoarse()) {
                    coarse.add(new Coarse(i, sublayer.key, sublayer.matcher));
                }
            }
        }
        return coarse;
    }

    /** Takes over a summary, made of this policy's or an older one's matcher. */
    public void adopt(Coarse of, Summary summary) {
        for (CompiledSublayer sublayer : layers[of.layerId()].sublayers) {
            if (sublayer.key.equals(of.sublayer())) {
                sublayer.matcher.adopt(summary);
            }
        }
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
