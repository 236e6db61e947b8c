package io.sallyport.bfe.internal;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.policy.PolicyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Remembers what it was given; refuses what it is told to refuse. */
public final class FakeEngine implements FilterEngine {

    /** Called for each image before it is prepared. */
    public interface Check {
        void check(PolicyImage image) throws PolicyException;
    }

    public final List<PolicyImage> published = new CopyOnWriteArrayList<>();
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
    public void publish(PreparedPolicy policy) {
        checkOpen();
        log.add("run-time");
        published.add(((Prepared) policy).image());
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
