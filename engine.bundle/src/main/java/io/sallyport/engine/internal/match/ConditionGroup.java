package io.sallyport.engine.internal.match;

import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.WfpError;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of one filter on one field: any of them suffices (COND-2), wherever they stand (COND-3). Immutable.
 *
 * <p>A group whose conditions are all intervals goes into the index; any other is tested for each candidate, intervals
 * included.
 */
final class ConditionGroup {
    private final int field;
    private final boolean isOnFlags;
    private final boolean matchesEmpty;
    private final Intervals intervals;
    private final FieldTest[] tests;

    ConditionGroup(int field, boolean isOnFlags, boolean matchesEmpty, Intervals intervals, FieldTest[] tests) {
        this.field = field;
        this.isOnFlags = isOnFlags;
        this.matchesEmpty = matchesEmpty;
        this.intervals = intervals;
        this.tests = tests;
    }

    int field() {
        return field;
    }

    boolean isOnFlags() {
        return isOnFlags;
    }

    boolean matchesEmpty() {
        return matchesEmpty;
    }

    /** Null if this group cannot be told by intervals alone. */
    @Nullable Intervals indexable() {
        return tests.length == 0 ? intervals : null;
    }

    /** Adds the sets that it names, with what is in them. */
    void addSetsTo(Map<UUID, SetEntries> sets) {
        for (FieldTest test : tests) {
            if (test instanceof FieldTest.InSet it) {
                sets.put(it.set(), it.entries());
            }
        }
    }

    /** The same group with other contents of the sets that it names; this one if it names none. */
    ConditionGroup linked(Map<UUID, SetEntries> sets) throws PolicyException {
        FieldTest[] linked = null;
        for (int at = 0; at < tests.length; at++) {
            if (tests[at] instanceof FieldTest.InSet it) {
                SetEntries entries = sets.get(it.set());
                if (entries == null) {
                    throw new PolicyException(WfpError.NOT_FOUND, "set " + it.set() + " is not in the policy");
                }
                linked = linked == null ? tests.clone() : linked;
                linked[at] = it.with(entries);
            }
        }
        return linked == null ? this : new ConditionGroup(field, isOnFlags, matchesEmpty, intervals, linked);
    }

    /** The whole group, without an index. Classify plane. */
    boolean test(ValueRecord values) {
        if (!values.isPresent(field)) {
            return matchesEmpty;
        }
        for (int i = 0; i < tests.length; i++) {
            if (tests[i].test(values, field)) {
                return true;
            }
        }
        return intervals.contains(values.highKey(field), values.lowKey(field));
    }
}
