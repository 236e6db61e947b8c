package io.sallyport.engine.oracle;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.api.PolicyChange;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.engine.internal.TestMetadata;
import io.sallyport.layer.Field;
import io.sallyport.policy.PolicyException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Goes from the policy of one scenario to that of the next one by random commits, and asks the oracle after each. One engine
 * takes the changes, the other one each policy as a whole.
 */
final class CommitSequence implements AutoCloseable {
    private static final Callout PERMITS = (values, metadata, data, filter, context, out) -> out.permit();

    private final Scenario scenario;
    private final SplittableRandom random;
    private final FilterEngineImpl changed = new FilterEngineImpl("changed");
    private final FilterEngineImpl whole = new FilterEngineImpl("whole");
    private final Classifier worker = changed.newClassifier();
    private final Classifier wholeWorker = whole.newClassifier();
    private final Map<Long, FilterImage> filters = new LinkedHashMap<>();
    private final Map<UUID, AddedCallout> callouts = new LinkedHashMap<>();
    private final List<FilterImage> reserve;
    private PreparedPolicy inForce;
    private long nextId = 1_000_000;
    private int commit;

    CommitSequence(Scenario scenario) throws PolicyException {
        this.scenario = scenario;
        this.random = new SplittableRandom(scenario.seed());
        this.reserve = new ArrayList<>(scenario.policy().filters());
        scenario.policy().callouts().forEach(it -> callouts.put(it.key(), it));
        for (String name : scenario.registered().keySet()) {
            changed.register(name, 0, PERMITS);
            whole.register(name, 0, PERMITS);
        }
        inForce = changed.prepare(image());
        changed.publish(inForce);
        whole.publish(whole.prepare(image()));
    }

    /** One commit of up to some filters out and in; null, or what differed. */
    String commit(int most) throws PolicyException {
        commit++;
        List<Long> removed = new ArrayList<>();
        for (Long id : List.copyOf(filters.keySet())) {
            if (removed.size() < most && random.nextInt(4) == 0) {
                removed.add(id);
                reserve.add(filters.remove(id));
            }
        }
        List<FilterImage> added = new ArrayList<>();
        for (int i = random.nextInt(most + 1); i > 0 && !reserve.isEmpty(); i--) {
            FilterImage it = renumbered(reserve.remove(random.nextInt(reserve.size())));
            added.add(it);
            filters.put(it.id(), it);
        }
        List<AddedCallout> newCallouts = new ArrayList<>();
        if (random.nextInt(5) == 0) {
            UUID key = new UUID(5, commit);
            newCallouts.add(new AddedCallout(key, 100 + commit, "extra" + commit, scenario.layer()));
            callouts.put(key, newCallouts.get(0));
        }
        List<UUID> goneCallouts = new ArrayList<>();
        if (random.nextInt(5) == 0) {
            callouts.keySet().removeIf(key -> key.getMostSignificantBits() == 5 && goneCallouts.add(key));
        }
        goneCallouts.removeIf(
                key -> newCallouts.stream().anyMatch(it -> it.key().equals(key)));
        newCallouts.removeIf(it -> !callouts.containsKey(it.key()));
        PolicyChange change =
                new PolicyChange("r" + commit, removed, goneCallouts, List.of(), List.of(), newCallouts, added);
        PreparedPolicy next = changed.prepare(inForce, change);
        if (next == null) {
            return "the engine does not know its own policy";
        }
        if (random.nextInt(8) == 0) {
            changed.abandon(next);
            next = changed.prepare(inForce, change);
        }
        changed.publish(next);
        inForce = next;
        whole.publish(whole.prepare(image()));
        return difference();
    }

    int size() {
        return filters.size();
    }

    private FilterImage renumbered(FilterImage it) {
        // The id tells which of two equal weights wins: as with the base filtering engine, it is never used again.
        return new FilterImage(
                nextId++,
                it.key(),
                it.name(),
                it.provider(),
                it.layer(),
                it.sublayer(),
                it.weight(),
                it.conditions(),
                it.action(),
                it.callout(),
                it.flags(),
                it.rawContext(),
                it.providerContext());
    }

    private PolicyImage image() {
        return new PolicyImage(
                "r" + commit,
                scenario.policy().sublayers(),
                List.copyOf(callouts.values()),
                List.copyOf(filters.values()));
    }

    private String difference() {
        LayerValues values = worker.newValues(scenario.layer());
        LayerValues wholeValues = wholeWorker.newValues(scenario.layer());
        ClassifyOutcome out = worker.newOutcome();
        ClassifyOutcome wholeOut = wholeWorker.newOutcome();
        for (Map<Field, Object> packet : scenario.packets()) {
            Comparison.fill(values, scenario.layer(), packet);
            Comparison.fill(wholeValues, scenario.layer(), packet);
            String actual = judged(worker, values, out);
            String expected = judged(wholeWorker, wholeValues, wholeOut);
            if (!actual.equals(expected)) {
                return "commit " + commit + "\n expected " + expected + "\n actual   " + actual;
            }
        }
        return null;
    }

    private static String judged(Classifier classifier, LayerValues values, ClassifyOutcome out) {
        classifier.enterPacket();
        classifier.classify(values, TestMetadata.INSTANCE, null, null, out);
        classifier.exitPacket();
        return out.action() + " " + out.reason() + " " + (out.filter() == null ? "nobody" : out.filter()) + " "
                + out.revision() + " " + out.isVeto();
    }

    @Override
    public void close() {
        worker.close();
        wholeWorker.close();
        changed.close();
        whole.close();
    }
}
