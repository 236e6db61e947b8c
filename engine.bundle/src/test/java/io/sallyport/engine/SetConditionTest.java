package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.engine.api.PolicyChange;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A condition on a set holds as if its entries stood there, ORed. */
class SetConditionTest {
    private static final Field ADDRESS = Field.IP_REMOTE_ADDRESS;
    private static final UUID SET = new UUID(6, 1);

    /** Few numbers, so that ranges overlap and touch; in the upper half, where signed and unsigned order differ. */
    private static final int NUMBERS = 3_000;

    private static final long BASE = 0xFFFF_0000L;

    /** From this seed on many other filters stand around. */
    private static final long CROWDED = 7;

    private static final int OTHERS = 2_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, CROWDED, CROWDED + 1})
    void shouldJudgeLikeItsEntriesThroughRandomEdits(long seed) throws Exception {
        boolean isWide = seed % 2 == 0;
        Layer layer = isWide ? Layer.ALE_AUTH_CONNECT_V6 : Layer.ALE_AUTH_CONNECT_V4;
        Random random = new Random(seed);
        List<SetEntry> model = new ArrayList<>();
        SetEntries entries = SetEntries.EMPTY;
        try (Rig inSet = new Rig(layer);
                Rig outside = new Rig(layer)) {
            if (seed >= CROWDED) {
                addOthers(inSet);
                addOthers(outside);
            }
            PreparedPolicy within = publish(inSet, MatchType.EQUAL, entries);
            PreparedPolicy without = publish(outside, MatchType.NOT_EQUAL, entries);
            for (int edit = 0; edit < 25; edit++) {
                List<SetEntry> removed = new ArrayList<>();
                List<SetEntry> added = new ArrayList<>();
                while (!model.isEmpty() && random.nextInt(3) > 0) {
                    removed.add(model.remove(random.nextInt(model.size())));
                }
                for (int i = random.nextInt(edit % 5 == 0 ? 700 : 4); i > 0; i--) {
                    SetEntry entry = entry(random, isWide, edit + "/" + i);
                    added.add(entry);
                    model.add(entry);
                }
                entries = entries.edited(removed, added);
                assertThat(entries.list()).containsExactlyInAnyOrderElementsOf(model);
                assertThat(entries).isEqualTo(SetEntries.EMPTY.edited(List.of(), model));
                within = change(inSet, within, entries);
                without = change(outside, without, entries);
                for (int i = 0; i < 60; i++) {
                    int number = random.nextInt(NUMBERS);
                    boolean isExpected = model.stream().anyMatch(it -> contains(it, number));
                    assertThat(isBlocked(inSet, layer, number)).isEqualTo(isExpected);
                    assertThat(isBlocked(outside, layer, number)).isEqualTo(!isExpected);
                }
            }
        }
    }

    @Test
    void shouldMatchNothingWithAnEmptySetAndNoValueThatIsNotKnown() throws Exception {
        Layer layer = Layer.ALE_AUTH_CONNECT_V4;
        try (Rig rig = new Rig(layer)) {
            publish(rig, MatchType.EQUAL, SetEntries.EMPTY);
            assertThat(isBlocked(rig, layer, 1)).isFalse();
        }
        try (Rig rig = new Rig(layer)) {
            publish(rig, MatchType.NOT_EQUAL, SetEntries.EMPTY);
            assertThat(rig.classify().isPermitted()).isTrue();
            assertThat(isBlocked(rig, layer, 1)).isTrue();
        }
    }

    @Test
    void shouldRecheckFlowsOnlyWhenASetIsEdited() throws Exception {
        Layer layer = Layer.ALE_AUTH_CONNECT_V4;
        try (Rig rig = new Rig(layer)) {
            PreparedPolicy policy = publish(rig, MatchType.EQUAL, SetEntries.EMPTY);
            int first = generation(rig);
            policy = change(rig, policy, SetEntries.EMPTY);
            assertThat(generation(rig)).isEqualTo(first);
            change(rig, policy, SetEntries.EMPTY.edited(List.of(), List.of(entry(new Random(1), false, "x"))));
            assertThat(generation(rig)).isNotEqualTo(first);
        }
    }

    @Test
    void shouldRefuseASetThatIsNotInThePolicy() throws Exception {
        try (Rig rig = new Rig(Layer.ALE_AUTH_CONNECT_V4)) {
            rig.block("f").when(condition(MatchType.EQUAL)).add();
            assertThatThrownBy(rig::publish).isInstanceOf(PolicyException.class).hasMessageContaining(SET.toString());
        }
    }

    private static Condition condition(MatchType match) {
        return new Condition(ADDRESS, match, new Value.InSet(SET, SetKind.ADDRESSES));
    }

    private static int generation(Rig rig) throws PolicyException {
        rig.classify();
        return rig.classifier.generation(rig.layer);
    }

    /** So many that chunks have a summary; none of them matches, for the port is not known. */
    private static void addOthers(Rig rig) {
        for (int i = 0; i < OTHERS; i++) {
            Condition port = new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(i));
            rig.permit("other " + i).weight(i).when(port).add();
        }
    }

    private static PreparedPolicy publish(Rig rig, MatchType match, SetEntries entries) throws PolicyException {
        rig.block("f").weight(OTHERS / 2).when(condition(match)).add();
        PolicyImage it = rig.image();
        PreparedPolicy prepared = rig.engine.prepare(
                new PolicyImage(it.revision(), it.sublayers(), it.callouts(), it.filters(), Map.of(SET, entries)));
        rig.engine.publish(prepared);
        return prepared;
    }

    private static PreparedPolicy change(Rig rig, PreparedPolicy inForce, SetEntries entries) throws PolicyException {
        PolicyChange change = new PolicyChange(
                "edit",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of(SET, entries),
                List.of());
        PreparedPolicy prepared = Objects.requireNonNull(rig.engine.prepare(inForce, change));
        rig.engine.publish(prepared);
        return prepared;
    }

    private static SetEntry entry(Random random, boolean isWide, String text) {
        long first = random.nextInt(NUMBERS);
        long last = Math.min(NUMBERS - 1, first + (random.nextInt(10) == 0 ? 200 : random.nextInt(3)));
        return isWide
                ? new SetEntry(text, true, -1, BASE + first, -1, BASE + last)
                : new SetEntry(text, false, 0, BASE + first, 0, BASE + last);
    }

    private static boolean contains(SetEntry it, int number) {
        return BASE + number >= it.firstLow() && BASE + number <= it.lastLow();
    }

    private static boolean isBlocked(Rig rig, Layer layer, int number) throws PolicyException {
        int index = layer.fieldIndex(ADDRESS);
        if (layer.schema().get(index).type() == DataType.BYTE_ARRAY16) {
            ByteBuffer sixteen = ByteBuffer.allocate(16).putLong(-1).putLong(BASE + number);
            rig.values.setBytes16(index, sixteen.getLong(0), sixteen.getLong(8));
        } else {
            rig.values.setNumber(index, BASE + number);
        }
        return !rig.classify().isPermitted();
    }
}
