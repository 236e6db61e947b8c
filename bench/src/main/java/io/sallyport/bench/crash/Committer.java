package io.sallyport.bench.crash;

import io.sallyport.bench.policy.NoMetadata;
import io.sallyport.bench.policy.StoredPolicy;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.Value;
import java.nio.file.Path;
import java.util.List;

/**
 * The process that is killed: opens the store, tells what its first verdicts are, then commits until it dies, or nobody listens
 * to it, and tells each commit once it is safe. Commit <i>n</i> has two filters named <i>n</i>, one for {@link #ODD_PORT} and one for
 * {@link #EVEN_PORT}, of which one blocks and one permits, by turns, beside the filters that stay.
 */
final class Committer {
    static final int ODD_PORT = 1;
    static final int EVEN_PORT = 2;

    private static final Layer LAYER = Layer.ALE_AUTH_CONNECT_V4;
    private static final int FIRST_STAYING_PORT = 1000;

    private Committer() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int staying = Integer.parseInt(arguments[1]);
        long startNs = System.nanoTime();
        try (FilterEngineImpl engine = new FilterEngineImpl("crash");
                StoredPolicy policy = new StoredPolicy(engine, folder)) {
            long openedNs = System.nanoTime() - startNs;
            if (policy.state().filters().isEmpty()) {
                policy.commit(transaction -> {
                    for (int i = 0; i < staying; i++) {
                        transaction.add(filter("stays " + i, FIRST_STAYING_PORT + i % 60_000, ActionType.PERMIT));
                    }
                    transaction.add(filter("0", ODD_PORT, ActionType.BLOCK));
                    transaction.add(filter("0", EVEN_PORT, ActionType.PERMIT));
                });
            }
            Start start = judged(engine, openedNs, policy.state().filters().size());
            System.out.println(start.line());
            List<Filter> pair = policy.state().filters().stream()
                    .filter(it -> it.display().name().equals(Integer.toString(start.odd())))
                    .toList();
            commitOnAndOn(policy, start.odd(), pair);
        }
    }

    private static void commitOnAndOn(StoredPolicy policy, int last, List<Filter> firstPair) throws Exception {
        List<Filter> pair = firstPair;
        // Nobody reads any more: the bench was killed itself.
        for (int number = last + 1; !System.out.checkError(); number++) {
            String name = Integer.toString(number);
            boolean isOdd = number % 2 == 1;
            Filter odd = filter(name, ODD_PORT, isOdd ? ActionType.PERMIT : ActionType.BLOCK);
            Filter even = filter(name, EVEN_PORT, isOdd ? ActionType.BLOCK : ActionType.PERMIT);
            List<Filter> old = pair;
            policy.commit(transaction -> {
                for (Filter it : old) {
                    transaction.delete(ObjectType.FILTER, it.key());
                }
                transaction.add(odd);
                transaction.add(even);
            });
            pair = List.of(odd, even);
            System.out.println(name);
            policy.tidy();
        }
    }

    private static Start judged(FilterEngineImpl engine, long openedNs, int filters) {
        Classifier classifier = engine.newClassifier();
        try {
            ClassifyOutcome out = classifier.newOutcome();
            int odd = judge(classifier, out, ODD_PORT);
            boolean isOddPermitted = out.isPermitted();
            int even = judge(classifier, out, EVEN_PORT);
            return new Start(odd, even, isOddPermitted, out.isPermitted(), filters, openedNs);
        } finally {
            classifier.close();
        }
    }

    /** The number of the commit whose filter decided; -1: none of them did. */
    private static int judge(Classifier classifier, ClassifyOutcome out, int port) {
        LayerValues values = classifier.newValues(LAYER);
        values.setNumber(LAYER.fieldIndex(Field.IP_REMOTE_PORT), port);
        classifier.enterPacket();
        classifier.classify(values, new NoMetadata(), null, null, out);
        classifier.exitPacket();
        FilterTag filter = out.filter();
        return filter != null && filter.name().matches("[0-9]+") ? Integer.parseInt(filter.name()) : -1;
    }

    private static Filter filter(String name, int port, ActionType action) {
        return Filter.builder(name, LAYER, action)
                .flags(FilterFlags.PERSISTENT)
                .when(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(port)))
                .build();
    }
}
