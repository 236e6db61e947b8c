package io.sallyport.bfe.internal;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PolicyChange;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetEntries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Remembers what it was given; refuses what it is told to refuse. */
public final class FakeEngine implements FilterEngine {

    /** Called for each image before it is prepared. */
    public interface Check {
        void check(PolicyImage image) throws PolicyException;
    }

    public final List<PolicyImage> published = new CopyOnWriteArrayList<>();
    /** What was prepared as a change. */
    public final List<PolicyChange> changes = new CopyOnWriteArrayList<>();

    /** What each publication meant for existing flows. */
    public final List<ExistingFlows> existingFlows = new CopyOnWriteArrayList<>();

    /** What was tried out, and not put in force by that. */
    public final List<PolicyImage> tried = new CopyOnWriteArrayList<>();

    public final List<PolicyImage> abandoned = new ArrayList<>();
    public final List<PolicyImage> bootTimes = new CopyOnWriteArrayList<>();
    public final List<@Nullable PolicyImage> retainedOnes = new CopyOnWriteArrayList<>();
    /** What was published, in order: {@code boot-time} or {@code run-time}. */
    public final List<String> log = new CopyOnWriteArrayList<>();

    public volatile boolean isClosed;
    public volatile Check check = image -> {};

    private record Prepared(PolicyImage image) implements PreparedPolicy {
        @Override
        public List<String> warnings() {
            return List.of();
        }
    }

    public PolicyImage current() {
        return published.get(published.size() - 1);
    }

    @Override
    public PreparedPolicy prepare(PolicyImage image) throws PolicyException {
        check.check(image);
        return new Prepared(image);
    }

    @Override
    public @Nullable PreparedPolicy prepare(PreparedPolicy inForce, PolicyChange change) throws PolicyException {
        if (log.isEmpty()
                || !"run-time".equals(log.get(log.size() - 1))
                || !((Prepared) inForce).image().equals(current())) {
            return null;
        }
        changes.add(change);
        return prepare(changed(((Prepared) inForce).image(), change));
    }

    private static PolicyImage changed(PolicyImage base, PolicyChange change) {
        Map<Long, FilterImage> filters = new LinkedHashMap<>();
        base.filters().forEach(it -> filters.put(it.id(), it));
        for (long id : change.removedFilters()) {
            if (filters.remove(id) == null) {
                throw new IllegalArgumentException("no filter " + id);
            }
        }
        for (FilterImage it : change.filters()) {
            if (filters.put(it.id(), it) != null) {
                throw new IllegalArgumentException("filter " + it.id() + " is there");
            }
        }
        Map<UUID, AddedCallout> callouts = new LinkedHashMap<>();
        base.callouts().forEach(it -> callouts.put(it.key(), it));
        callouts.keySet().removeAll(change.removedCallouts());
        change.callouts().forEach(it -> callouts.put(it.key(), it));
        Map<UUID, RuntimeSublayer> sublayers = new LinkedHashMap<>();
        base.sublayers().forEach(it -> sublayers.put(it.key(), it));
        change.sublayers().forEach(it -> sublayers.put(it.key(), it));
        Map<UUID, SetEntries> sets = new LinkedHashMap<>(base.sets());
        sets.keySet().removeAll(change.removedSets());
        sets.putAll(change.sets());
        Set<UUID> used = filters.values().stream().map(FilterImage::sublayer).collect(Collectors.toSet());
        sublayers.keySet().retainAll(used);
        return new PolicyImage(
                change.revision(),
                List.copyOf(sublayers.values()),
                List.copyOf(callouts.values()),
                List.copyOf(filters.values()),
                sets);
    }

    @Override
    public void publish(PreparedPolicy policy, ExistingFlows existing) {
        checkOpen();
        existingFlows.add(existing);
        log.add("run-time");
        published.add(((Prepared) policy).image());
    }

    @Override
    public PolicyTrial tryOut(PreparedPolicy policy) {
        checkOpen();
        tried.add(((Prepared) policy).image());
        return new PolicyTrial() {
            @Override
            public boolean changes(Layer layer) {
                return true;
            }

            @Override
            public Classifier classifier() {
                throw new UnsupportedOperationException();
            }

            @Override
            public void suppose(boolean calloutsPermit) {}
        };
    }

    @Override
    public void publishBootTime(PreparedPolicy bootTime, @Nullable PreparedPolicy retained) {
        checkOpen();
        log.add("boot-time");
        bootTimes.add(((Prepared) bootTime).image());
        retainedOnes.add(retained == null ? null : ((Prepared) retained).image());
    }

    private void checkOpen() {
        if (isClosed) {
            throw new IllegalStateException("closed");
        }
    }

    @Override
    public PolicyInForce policyInForce() {
        return PolicyInForce.RUN_TIME;
    }

    @Override
    public String revision() {
        return "";
    }

    @Override
    public void abandon(PreparedPolicy policy) {
        abandoned.add(((Prepared) policy).image());
    }

    @Override
    public Classifier newClassifier() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean awaitQuiescence(long timeoutMs) {
        return true;
    }

    @Override
    public Set<String> registeredCallouts() {
        return Set.of();
    }

    @Override
    public @Nullable EngineStatistics statistics() {
        return null;
    }

    @Override
    public void close() {
        isClosed = true;
    }
}
