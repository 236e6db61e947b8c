package io.sallyport.policy;

import io.sallyport.layer.Field;
import java.util.Objects;

/**
 * One test of a filter (FWPM_FILTER_CONDITION). Conditions on different fields are ANDed, those on one field ORed
 * (COND-1, COND-2).
 *
 * @param field the field, which must be in the schema of the filter's layer (COND-19)
 * @param match how to compare
 * @param value what with; its type must fit the field's (COND-5) and the match (COND-6)
 */
public record Condition(Field field, MatchType match, Value value) {

    /** Checks for null. */
    public Condition {
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(match, "match");
        Objects.requireNonNull(value, "value");
    }
}
