package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.api.PolicyChange;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.engine.internal.TestMetadata;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One sublayer with 100,000 filters: compiled within bounds, and answering like a scan from the heaviest down. */
class LargePolicyTest {
    private static final int FILTERS = 100_000;
    private static final long MOST_BYTES = 400L << 20;
    private static final Layer LAYER = Layer.INBOUND_TRANSPORT_V4;

    /** What the scan looks at. */
    private record Rule(long address, int length, int low, int high, int protocol) {
        boolean matches(long remote, int port, int proto) {
            return (remote >>> (32 - length)) == (address >>> (32 - length))
                    && port >= low
                    && port <= high
                    && (protocol < 0 || proto == protocol);
        }
    }

    private static Rule rule(SplittableRandom random) {
        int length = 12 + random.nextInt(21);
        long address = (random.nextInt(1 << 20) * 4093L) & 0xFFFF_FFFFL & -(1L << (32 - length));
        int low = random.nextInt(65536);
        int high = random.nextBoolean() ? low : low + random.nextInt(65536 - low);
        return new Rule(address, length, low, high, random.nextInt(3) == 0 ? -1 : random.nextInt(3) * 5 + 1);
    }

    private static FilterImage filter(int index, Rule rule) {
        return filter(index + 1, FILTERS - index, rule);
    }

    private static FilterImage filter(long id, long weight, Rule rule) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(new Condition(
                Field.IP_REMOTE_ADDRESS, MatchType.EQUAL, new Value.V4AddressMask((int) rule.address, (int)
                        -(1L << (32 - rule.length)))));
        conditions.add(new Condition(
                Field.IP_LOCAL_PORT, MatchType.RANGE, Value.range(Value.uint16(rule.low), Value.uint16(rule.high))));
        if (rule.protocol >= 0) {
            conditions.add(new Condition(Field.IP_PROTOCOL, MatchType.EQUAL, Value.uint8(rule.protocol)));
        }
        return new FilterImage(
                id,
                new UUID(1, id),
                "f" + id,
                null,
                LAYER,
                new UUID(0, 1),
                weight,
                conditions,
                id % 2 == 0 ? ActionType.PERMIT : ActionType.BLOCK,
                null,
                0,
                0,
                Map.of());
    }

    @Test
    @Tag("ARB-2")
    @Tag("ARB-26")
    void shouldCompileAHundredThousandFiltersAndAnswerLikeAScan() throws Exception {
        SplittableRandom random = new SplittableRandom(42);
        List<Rule> rules = new ArrayList<>();
        List<FilterImage> filters = new ArrayList<>();
        for (int i = 0; i < FILTERS; i++) {
            rules.add(rule(random));
            filters.add(filter(i, rules.get(i)));
        }
        PolicyImage image =
                new PolicyImage("large", List.of(new RuntimeSublayer(new UUID(0, 1), "one", 1)), List.of(), filters);
        long before = used();
        try (FilterEngineImpl engine = new FilterEngineImpl("large");
                Classifier classifier = engine.newClassifier()) {
            engine.publish(engine.prepare(image));
            assertThat(used() - before).isLessThan(MOST_BYTES);
            LayerValues values = classifier.newValues(LAYER);
            ClassifyOutcome out = classifier.newOutcome();
            int matched = 0;
            for (int i = 0; i < 2000; i++) {
                Rule near = rules.get(random.nextInt(FILTERS));
                long remote = near.address + random.nextLong(1L << (32 - near.length));
                int port = near.low + random.nextInt(near.high - near.low + 1);
                int protocol = near.protocol < 0 ? 6 : near.protocol;
                values.setNumber(LAYER.fieldIndex(Field.IP_REMOTE_ADDRESS), remote);
                values.setNumber(LAYER.fieldIndex(Field.IP_LOCAL_PORT), i % 5 == 0 ? 65535 - port : port);
                values.setNumber(LAYER.fieldIndex(Field.IP_PROTOCOL), protocol);
                classifier.enterPacket();
                classifier.classify(values, TestMetadata.INSTANCE, null, null, out);
                classifier.exitPacket();
                long expected = scan(rules, remote, i % 5 == 0 ? 65535 - port : port, protocol);
                assertThat(out.filter() == null ? 0 : out.filter().id()).isEqualTo(expected);
                matched += expected > 0 ? 1 : 0;
            }
            assertThat(matched).isGreaterThan(1000);
        }
    }

    /** Changes all over, so that more chunks change than a summary puts up with, and chunks split and join. */
    @Test
    @Tag("ARB-2")
    @Tag("ARB-26")
    void shouldAnswerLikeAScanAfterEachOfManyChanges() throws Exception {
        SplittableRandom random = new SplittableRandom(43);
        Changing policy = new Changing(random);
        try (FilterEngineImpl engine = new FilterEngineImpl("changing");
                Classifier classifier = engine.newClassifier()) {
            LayerValues values = classifier.newValues(LAYER);
            ClassifyOutcome out = classifier.newOutcome();
            PreparedPolicy inForce = engine.prepare(PolicyImage.PERMIT_ALL);
            engine.publish(inForce);
            int matched = 0;
            for (int commit = 0; commit < 150; commit++) {
                // First many at once, then single ones, in the end most go.
                int most = commit == 0 ? 12_000 : commit < 140 ? 4 : 2_000;
                int added = commit == 0 ? most : random.nextInt(commit < 140 ? most : 1);
                PolicyChange change = policy.next(commit < 140 ? random.nextInt(most) : most, added);
                inForce = engine.prepare(inForce, change);
                engine.publish(inForce);
                for (int i = 0; i < 20; i++) {
                    Rule near = policy.any();
                    long remote = near.address + random.nextLong(1L << (32 - near.length));
                    int port = near.low + random.nextInt(near.high - near.low + 1);
                    int protocol = i % 4 == 0 || near.protocol < 0 ? 6 : near.protocol;
                    values.setNumber(LAYER.fieldIndex(Field.IP_REMOTE_ADDRESS), remote);
                    values.setNumber(LAYER.fieldIndex(Field.IP_LOCAL_PORT), port);
                    values.setNumber(LAYER.fieldIndex(Field.IP_PROTOCOL), protocol);
                    classifier.enterPacket();
                    classifier.classify(values, TestMetadata.INSTANCE, null, null, out);
                    classifier.exitPacket();
                    long expected = policy.scan(remote, port, protocol);
                    assertThat(out.filter() == null ? 0 : out.filter().id()).isEqualTo(expected);
                    matched += expected > 0 ? 1 : 0;
                }
            }
            assertThat(matched).isGreaterThan(1500);
        }
    }

    /** A policy that is changed, as a plain map from the heaviest filter down. */
    private static final class Changing {
        private final SplittableRandom random;
        private final TreeMap<Long, FilterImage> byWeight = new TreeMap<>(Comparator.reverseOrder());
        private final Map<Long, Rule> rules = new HashMap<>();
        private long lastId;

        Changing(SplittableRandom random) {
            this.random = random;
        }

        PolicyChange next(int gone, int added) {
            List<Long> removed = new ArrayList<>();
            for (int i = 0; i < gone && byWeight.size() > 10; i++) {
                Long from = byWeight.ceilingKey(random.nextLong(1L << 40));
                FilterImage it = byWeight.remove(from == null ? byWeight.firstKey() : from);
                removed.add(it.id());
                rules.remove(it.id());
            }
            List<FilterImage> filters = new ArrayList<>();
            for (int i = 0; i < added; i++) {
                Rule rule = rule(random);
                FilterImage it = filter(++lastId, random.nextLong(1L << 40), rule);
                if (byWeight.putIfAbsent(it.weight(), it) == null) {
                    filters.add(it);
                    rules.put(it.id(), rule);
                }
            }
            List<RuntimeSublayer> sublayers = List.of(new RuntimeSublayer(new UUID(0, 1), "one", 1));
            return new PolicyChange("r" + lastId, removed, List.of(), List.of(), sublayers, List.of(), filters);
        }

        Rule any() {
            Long from = byWeight.ceilingKey(random.nextLong(1L << 40));
            FilterImage it = byWeight.get(from == null ? byWeight.firstKey() : from);
            return rules.get(it.id());
        }

        long scan(long remote, int port, int protocol) {
            for (FilterImage it : byWeight.values()) {
                if (rules.get(it.id()).matches(remote, port, protocol)) {
                    return it.id();
                }
            }
            return 0;
        }
    }

    private static long scan(List<Rule> rules, long remote, int port, int protocol) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).matches(remote, port, protocol)) {
                return i + 1L;
            }
        }
        return 0;
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
