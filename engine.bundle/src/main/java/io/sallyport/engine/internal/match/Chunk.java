package io.sallyport.engine.internal.match;

import io.sallyport.layer.Field;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.LayerSchema;
import io.sallyport.policy.Condition;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Part of a sublayer: some of its filters, one behind the other. {@code residuals[i]} is null where the index tells all about
 * filter {@code i}. Immutable.
 */
final class Chunk {
    private static final Comparator<Condition> BY_FIELD = Comparator.comparing(Condition::field);

    final int count;
    final FieldIndex[] indexes;
    final @Nullable ConditionGroup[][] residuals;
    final Reach reach;
    /** The sets that the residuals name, as they are linked. */
    final Map<UUID, SetEntries> sets;

    private Chunk(int count, FieldIndex[] indexes, @Nullable ConditionGroup[][] residuals, Reach reach) {
        this.count = count;
        this.indexes = indexes;
        this.residuals = residuals;
        this.reach = reach;
        this.sets = SetLinks.of(residuals);
    }

    Chunk linked(Map<UUID, SetEntries> wanted) throws PolicyException {
        return SetLinks.areSame(sets, wanted)
                ? this
                : new Chunk(count, indexes, SetLinks.linked(residuals, wanted), reach);
    }

    /**
     * Compiles filters.
     *
     * @param schema of the layer
     * @param filters the conditions of each, heaviest filter first
     * @throws PolicyException naming the first condition that does not fit
     */
    static Chunk compile(LayerSchema schema, List<List<Condition>> filters) throws PolicyException {
        int count = filters.size();
        Reach.Collector reach = new Reach.Collector(schema.size(), count);
        IndexBuilders builders = new IndexBuilders(schema, count);
        @Nullable ConditionGroup[][] residuals = new ConditionGroup[count][];
        for (int i = 0; i < count; i++) {
            List<ConditionGroup> rest = new ArrayList<>();
            for (ConditionGroup group : groups(schema, filters.get(i))) {
                Intervals intervals = group.indexable();
                if (intervals == null) {
                    rest.add(group);
                } else {
                    builders.of(group.field()).restrict(i, intervals, group.matchesEmpty());
                    reach.add(group.field(), intervals, group.matchesEmpty());
                }
            }
            residuals[i] = rest.isEmpty() ? null : rest.toArray(new ConditionGroup[0]);
        }
        return new Chunk(count, builders.build(), residuals, reach.done());
    }

    /** Conditions on one field belong together wherever they stand (COND-3). In the order of the fields. */
    private static List<ConditionGroup> groups(LayerSchema schema, List<Condition> conditions) throws PolicyException {
        List<Condition> sorted = new ArrayList<>(conditions);
        sorted.sort(BY_FIELD);
        List<ConditionGroup> groups = new ArrayList<>(sorted.size());
        int start = 0;
        for (int end = 1; end <= sorted.size(); end++) {
            Field field = sorted.get(start).field();
            if (end < sorted.size() && sorted.get(end).field() == field) {
                continue;
            }
            FieldSpec spec = schema.find(field);
            if (spec == null) {
                throw new PolicyException(WfpError.CONDITION_NOT_FOUND, "the layer has no field " + field);
            }
            groups.add(GroupCompiler.compile(spec, sorted.subList(start, end)));
            start = end;
        }
        return groups;
    }
}
