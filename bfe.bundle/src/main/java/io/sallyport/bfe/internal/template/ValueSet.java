package io.sallyport.bfe.internal.template;

import io.sallyport.layer.FieldSpec;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The values of one field, at one layer, that ORed conditions take (COND-2); EMPTY is one of them only if a condition says so
 * (COND-14). Numbers and addresses are counted exactly. Strings, blobs and tokens are exact where one side is a single value;
 * otherwise they are taken to overlap, and to contain each other only if they are the same test.
 */
final class ValueSet {
    private final int width;
    private final boolean hasEmpty;
    private final boolean hasAll;
    private final List<Span> spans;
    private final List<Cube> cubes;
    private final List<Condition> others;

    private ValueSet(
            int width, boolean hasEmpty, boolean hasAll, List<Span> spans, List<Cube> cubes, List<Condition> others) {
        this.width = width;
        this.hasEmpty = hasEmpty;
        this.hasAll = hasAll;
        this.spans = spans;
        this.cubes = cubes;
        this.others = others;
    }

    /** Every value, EMPTY included: what a template takes of a field that it does not name. */
    static ValueSet everything(FieldSpec spec) {
        boolean isNumber = Span.isNumber(spec.type());
        List<Span> spans = isNumber ? List.of(Span.all(spec.type())) : List.of();
        return new ValueSet(width(spec), true, !isNumber, spans, List.of(), List.of());
    }

    /** What any of these takes. They are checked, and all on the field of {@code spec}. */
    static ValueSet of(FieldSpec spec, List<Condition> conditions) {
        Builder builder = new Builder(spec);
        conditions.forEach(builder::add);
        return new ValueSet(
                width(spec), builder.hasEmpty, false, Span.merged(builder.spans), builder.cubes, builder.others);
    }

    private static int width(FieldSpec spec) {
        return Span.isNumber(spec.type()) ? Span.all(spec.type()).high().bitLength() : 0;
    }

    /** Whether it takes EMPTY. */
    boolean hasEmpty() {
        return hasEmpty;
    }

    boolean isEmpty() {
        return !hasEmpty && !hasAll && spans.isEmpty() && cubes.isEmpty() && others.isEmpty();
    }

    boolean overlaps(ValueSet that) {
        if (hasEmpty && that.hasEmpty) {
            return true;
        }
        if (hasAll || that.hasAll) {
            ValueSet narrow = hasAll ? that : this;
            return narrow.hasAll || !narrow.others.isEmpty();
        }
        for (Span span : spans) {
            if (that.spans.stream().anyMatch(span::overlaps)) {
                return true;
            }
        }
        for (Condition other : others) {
            if (that.others.stream().anyMatch(it -> OpaqueTest.overlap(other, it))) {
                return true;
            }
        }
        if (cubes.isEmpty() && that.cubes.isEmpty()) {
            return false;
        }
        List<Cube> theirs = that.allCubes();
        return allCubes().stream().anyMatch(cube -> theirs.stream().anyMatch(cube::overlaps));
    }

    boolean contains(ValueSet that) {
        if (that.hasEmpty && !hasEmpty) {
            return false;
        }
        if (hasAll) {
            return true;
        }
        if (that.hasAll) {
            return false;
        }
        for (Condition other : that.others) {
            if (others.stream().noneMatch(it -> OpaqueTest.contains(it, other))) {
                return false;
            }
        }
        if (cubes.isEmpty() && that.cubes.isEmpty()) {
            // Spans do not touch, so a span that several cover lies in one of them.
            return that.spans.stream().allMatch(span -> spans.stream().anyMatch(it -> it.contains(span)));
        }
        return Cube.cover(allCubes(), that.allCubes());
    }

    /** Cubes exist only of unsigned numbers of 64 bits at most. */
    private List<Cube> allCubes() {
        List<Cube> all = new ArrayList<>(cubes);
        spans.forEach(span -> all.addAll(Cube.of(span, width)));
        return all;
    }

    /** Sorts conditions by what they can be counted with. */
    private static final class Builder {
        private final FieldSpec spec;
        private final List<Span> spans = new ArrayList<>();
        private final List<Cube> cubes = new ArrayList<>();
        private final List<Condition> others = new ArrayList<>();
        private boolean hasEmpty;

        Builder(FieldSpec spec) {
            this.spec = spec;
        }

        void add(Condition condition) {
            Value value = condition.value();
            if (value instanceof Value.Empty) {
                hasEmpty = true;
            } else if (value instanceof Value.InSet) {
                // What is in the set is not asked: it may be anything.
                spans.add(Span.all(spec.type()));
            } else if (!Span.isNumber(spec.type())) {
                others.add(condition);
            } else if (value instanceof Value.Range range) {
                spans.add(Span.of(range));
            } else if (value instanceof Value.V4AddressMask network) {
                addNetwork(condition.match(), network);
            } else if (value instanceof Value.V6AddressMask network) {
                addOrdered(condition.match(), Span.of(network));
            } else if (value instanceof Value.Number number && isOfFlags(condition.match())) {
                addFlags(condition.match(), number.bits());
            } else {
                addOrdered(condition.match(), Span.of(value));
            }
        }

        private static boolean isOfFlags(MatchType match) {
            return match == MatchType.FLAGS_ALL_SET
                    || match == MatchType.FLAGS_ANY_SET
                    || match == MatchType.FLAGS_NONE_SET;
        }

        private void addFlags(MatchType match, long flags) {
            switch (match) {
                case FLAGS_ALL_SET -> cubes.add(Cube.allSet(flags));
                case FLAGS_ANY_SET -> cubes.addAll(Cube.anySet(flags));
                default -> cubes.add(Cube.noneSet(flags));
            }
        }

        /** Any mask can be stored, also one with holes (COND-10). */
        private void addNetwork(MatchType match, Value.V4AddressMask network) {
            int hole = ~network.mask();
            if ((hole & (hole + 1)) == 0) {
                addOrdered(match, Span.of(network));
                return;
            }
            long mask = Integer.toUnsignedLong(network.mask());
            Cube inside = new Cube(network.address() & mask, mask);
            if (match == MatchType.EQUAL) {
                cubes.add(inside);
            } else {
                cubes.addAll(Cube.outside(inside));
            }
        }

        private void addOrdered(MatchType match, Span is) {
            Span all = Span.all(spec.type());
            switch (match) {
                case EQUAL -> spans.add(is);
                case LESS -> spans.addAll(is.below(all));
                case GREATER -> spans.addAll(is.above(all));
                case LESS_OR_EQUAL -> spans.add(new Span(all.low(), is.high()));
                case GREATER_OR_EQUAL -> spans.add(new Span(is.low(), all.high()));
                default -> {
                    spans.addAll(is.below(all));
                    spans.addAll(is.above(all));
                }
            }
        }
    }
}
