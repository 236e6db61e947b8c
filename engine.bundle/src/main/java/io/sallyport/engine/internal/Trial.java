package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.engine.internal.classify.WorkerClassifier;
import io.sallyport.engine.internal.policy.CalloutDoor;
import io.sallyport.engine.internal.policy.CompiledPolicy;
import io.sallyport.engine.internal.policy.PathDoors;
import io.sallyport.engine.internal.policy.Publication;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.engine.internal.policy.Snapshot;
import io.sallyport.layer.Layer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A worker of its own on a snapshot of its own, in which understudies stand in for the callouts that are registered. */
final class Trial implements PolicyTrial {
    private final @Nullable Snapshot inForce;
    private final Snapshot next;
    private final WorkerClassifier classifier;
    private boolean isPermitting;

    /**
     * Makes a trial. Under the engine's lock.
     *
     * @param policy prepared
     * @param inForce now; null: nothing
     * @param registered by name
     * @param rows of callouts' counters, by name
     */
    Trial(
            CompiledPolicy policy,
            @Nullable Snapshot inForce,
            Map<String, RegisteredCallout> registered,
            Map<String, Integer> rows) {
        Publication publication = Publication.runTime(policy, ExistingFlows.RECHECK);
        this.inForce = inForce;
        this.next = Snapshot.of(publication, registered, rows, List.of(), 0, inForce);
        Snapshot played = Snapshot.of(publication, understudies(registered), rows, List.of(), 0, null);
        this.classifier = new WorkerClassifier(() -> played, new PathDoors(), closed -> {});
    }

    /** Makes room for what the policy's filters and callouts would count; nobody reads it. Under the engine's lock. */
    void reserve(int filterRows, int calloutRows) {
        classifier.counters().reserve(filterRows, calloutRows);
    }

    private Map<String, RegisteredCallout> understudies(Map<String, RegisteredCallout> registered) {
        Callout understudy = (values, metadata, data, filter, context, out) -> {
            if (isPermitting) {
                out.permit();
            } else {
                out.block();
            }
        };
        Map<String, RegisteredCallout> all = new HashMap<>();
        registered.forEach((name, callout) -> all.put(
                name,
                new RegisteredCallout(
                        name,
                        0,
                        understudy,
                        new CalloutDoor(new PathDoors()),
                        callout.serial,
                        callout.index,
                        callout.counterSlot)));
        return all;
    }

    @Override
    public boolean changes(Layer layer) {
        return inForce == null || inForce.main.generation(layer) != next.main.generation(layer);
    }

    @Override
    public Classifier classifier() {
        return classifier;
    }

    @Override
    public void suppose(boolean calloutsPermit) {
        isPermitting = calloutsPermit;
    }
}
