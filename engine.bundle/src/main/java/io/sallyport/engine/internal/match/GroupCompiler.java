package io.sallyport.engine.internal.match;

import static io.sallyport.engine.internal.match.OrderedKey.MAX;
import static io.sallyport.engine.internal.match.OrderedKey.MIN;

import io.sallyport.engine.internal.match.Intervals.Interval;
import io.sallyport.layer.DataType;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.policy.Condition;
import io.sallyport.policy.ConditionRules;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SecurityDescriptor;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Turns the conditions of a filter on one field into a {@link ConditionGroup}. Management plane; used once. */
final class GroupCompiler {
    private static final long ZERO = OrderedKey.ofUnsigned(0);

    private final FieldSpec spec;
    private final List<Interval> intervals = new ArrayList<>();
    private final List<FieldTest> tests = new ArrayList<>();
    private boolean matchesEmpty;

    private GroupCompiler(FieldSpec spec) {
        this.spec = spec;
    }

    /** Checks the conditions (COND-5, COND-6) and compiles them. All are on the field of {@code spec}. */
    static ConditionGroup compile(FieldSpec spec, List<Condition> conditions) throws PolicyException {
        GroupCompiler compiler = new GroupCompiler(spec);
        for (Condition condition : conditions) {
            ConditionRules.check(spec, condition);
            compiler.add(condition.match(), condition.value());
        }
        return new ConditionGroup(
                spec.index(),
                spec.kind() == FieldKind.FLAGS,
                compiler.matchesEmpty,
                Intervals.of(compiler.intervals),
                compiler.tests.toArray(new FieldTest[0]));
    }

    private void add(MatchType match, Value value) throws PolicyException {
        if (value instanceof Value.Empty) {
            matchesEmpty = true;
        } else if (value instanceof Value.InSet it) {
            boolean isWide = spec.type() == DataType.BYTE_ARRAY16;
            tests.add(new FieldTest.InSet(it.set(), isWide, match == MatchType.EQUAL, SetEntries.EMPTY));
        } else if (value instanceof Value.Range range) {
            addRange(range);
        } else if (value instanceof Value.Number number) {
            addNumber(match, number);
        } else if (value instanceof Value.V4AddressMask masked) {
            addV4(match, masked);
        } else if (value instanceof Value.V6AddressMask masked) {
            addV6(match, masked);
        } else if (value instanceof Value.Text text) {
            tests.add(new FieldTest.Text(match, text.text(), text.text()));
        } else if (value instanceof Value.Bytes bytes) {
            addBytes(match, bytes);
        }
    }

    private void addRange(Value.Range range) {
        if (range.low() instanceof Value.Number low && range.high() instanceof Value.Number high) {
            intervals.add(
                    Intervals.narrow(OrderedKey.of(low.type(), low.bits()), OrderedKey.of(high.type(), high.bits())));
        } else if (range.low() instanceof Value.Text low && range.high() instanceof Value.Text high) {
            tests.add(new FieldTest.Text(MatchType.RANGE, low.text(), high.text()));
        } else if (range.low() instanceof Value.Bytes low && range.high() instanceof Value.Bytes high) {
            if (spec.type() == DataType.BYTE_ARRAY16) {
                long[] from = keys(low.bytes());
                long[] to = keys(high.bytes());
                intervals.add(new Interval(from[0], from[1], to[0], to[1]));
            } else {
                tests.add(new FieldTest.Bytes(MatchType.RANGE, low.bytes(), high.bytes()));
            }
        }
    }

    private void addNumber(MatchType match, Value.Number number) {
        switch (match) {
            case FLAGS_ALL_SET, FLAGS_ANY_SET, FLAGS_NONE_SET -> tests.add(new FieldTest.Flags(match, number.bits()));
            default -> {
                long key = OrderedKey.of(number.type(), number.bits());
                addOrdered(match, new Interval(ZERO, key, ZERO, key), new Interval(ZERO, MIN, ZERO, MAX));
            }
        }
    }

    private void addV4(MatchType match, Value.V4AddressMask masked) {
        long mask = Integer.toUnsignedLong(masked.mask());
        long address = Integer.toUnsignedLong(masked.address()) & mask;
        long hole = ~mask & 0xFFFF_FFFFL;
        if ((hole & (hole + 1)) != 0) {
            tests.add(new FieldTest.Masked(address, mask, match == MatchType.EQUAL));
            return;
        }
        long from = OrderedKey.ofUnsigned(address);
        long to = OrderedKey.ofUnsigned(address | hole);
        addOrdered(match, new Interval(ZERO, from, ZERO, to), new Interval(ZERO, MIN, ZERO, MAX));
    }

    private void addV6(MatchType match, Value.V6AddressMask masked) {
        int bits = masked.prefixLength();
        long highHole = bits >= 64 ? 0 : bits == 0 ? -1 : -1L >>> bits;
        long lowHole = bits >= 128 ? 0 : bits <= 64 ? -1 : -1L >>> (bits - 64);
        Interval inside = new Interval(
                OrderedKey.ofUnsigned(masked.high() & ~highHole),
                OrderedKey.ofUnsigned(masked.low() & ~lowHole),
                OrderedKey.ofUnsigned(masked.high() | highHole),
                OrderedKey.ofUnsigned(masked.low() | lowHole));
        addOrdered(match, inside, new Interval(MIN, MIN, MAX, MAX));
    }

    private void addBytes(MatchType match, Value.Bytes value) throws PolicyException {
        byte[] bytes = value.bytes();
        switch (value.type()) {
            case BYTE_ARRAY16 -> {
                long[] key = keys(bytes);
                addOrdered(match, new Interval(key[0], key[1], key[0], key[1]), new Interval(MIN, MIN, MAX, MAX));
            }
            case BYTE_ARRAY6 -> {
                long number = 0;
                for (byte b : bytes) {
                    number = (number << 8) | (b & 0xFF);
                }
                long key = OrderedKey.ofUnsigned(number);
                addOrdered(match, new Interval(ZERO, key, ZERO, key), new Interval(ZERO, MIN, ZERO, MAX));
            }
            case SECURITY_DESCRIPTOR -> tests.add(new FieldTest.Access(SecurityDescriptor.parse(bytes)));
            default -> tests.add(new FieldTest.Bytes(match, bytes, bytes));
        }
    }

    /** What a comparison with everything in {@code is} leaves of {@code all}: a complement is at most two intervals. */
    private void addOrdered(MatchType match, Interval is, Interval all) {
        boolean takesBelow =
                match == MatchType.LESS || match == MatchType.LESS_OR_EQUAL || match == MatchType.NOT_EQUAL;
        boolean takesAbove =
                match == MatchType.GREATER || match == MatchType.GREATER_OR_EQUAL || match == MatchType.NOT_EQUAL;
        boolean takesEqual =
                match == MatchType.EQUAL || match == MatchType.LESS_OR_EQUAL || match == MatchType.GREATER_OR_EQUAL;
        if (takesEqual) {
            intervals.add(is);
        }
        boolean isLowest = is.lowHigh() == all.lowHigh() && is.lowLow() == all.lowLow();
        if (takesBelow && !isLowest) {
            long borrow = is.lowLow() == MIN ? 1 : 0;
            intervals.add(new Interval(all.lowHigh(), all.lowLow(), is.lowHigh() - borrow, is.lowLow() - 1));
        }
        boolean isHighest = is.highHigh() == all.highHigh() && is.highLow() == all.highLow();
        if (takesAbove && !isHighest) {
            long carry = is.highLow() == MAX ? 1 : 0;
            intervals.add(new Interval(is.highHigh() + carry, is.highLow() + 1, all.highHigh(), all.highLow()));
        }
    }

    private static long[] keys(byte[] sixteen) {
        ByteBuffer buffer = ByteBuffer.wrap(sixteen);
        return new long[] {OrderedKey.ofUnsigned(buffer.getLong(0)), OrderedKey.ofUnsigned(buffer.getLong(8))};
    }
}
