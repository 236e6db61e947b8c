package io.sallyport.callout.testkit.gateway;

import io.sallyport.callout.testkit.gateway.GatewayEvent.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What came of one call of {@link TestGateway}. Immutable. */
public final class Outcome {
    private final List<Verdict> verdicts;
    private final List<GatewayEvent> events;
    private final List<EmittedFrame> emitted;
    private final Cost cost;

    Outcome(List<Verdict> verdicts, List<GatewayEvent> events, List<EmittedFrame> emitted, Cost cost) {
        this.verdicts = List.copyOf(verdicts);
        this.events = List.copyOf(events);
        this.emitted = List.copyOf(emitted);
        this.cost = cost;
    }

    /** What came of several calls, one after the other. */
    static Outcome together(List<Outcome> outcomes) {
        List<Verdict> verdicts = new ArrayList<>();
        List<GatewayEvent> events = new ArrayList<>();
        List<EmittedFrame> emitted = new ArrayList<>();
        long calls = 0;
        long nanoseconds = 0;
        long bytes = 0;
        for (Outcome outcome : outcomes) {
            verdicts.addAll(outcome.verdicts);
            events.addAll(outcome.events);
            emitted.addAll(outcome.emitted);
            calls += outcome.cost.calls();
            nanoseconds += outcome.cost.nanoseconds();
            bytes = outcome.cost.allocatedBytes() < 0 ? -1 : bytes + outcome.cost.allocatedBytes();
        }
        return new Outcome(verdicts, events, emitted, new Cost(calls, nanoseconds, bytes));
    }

    /** The same, with what followed it: answers of the other end, whose own fate is not asked for. */
    Outcome with(Outcome answer) {
        List<Outcome> both = List.of(this, new Outcome(List.of(), answer.events, answer.emitted, answer.cost));
        return together(both);
    }

    /**
     * What became of each frame that was handed in, when the call returned.
     *
     * @return in their order; empty if the call handed none in
     */
    public List<Verdict> verdicts() {
        return verdicts;
    }

    /**
     * What became of all frames that were handed in.
     *
     * @return the one verdict that they share
     * @throws IllegalStateException if there was no frame, or not all fared alike: ask for {@link #verdicts}
     */
    public Verdict verdict() {
        Set<Verdict> all = new TreeSet<>(verdicts);
        if (all.size() != 1) {
            throw new IllegalStateException("there is not one verdict but " + verdicts + "; see verdicts()");
        }
        return verdicts.get(0);
    }

    /**
     * Why a frame was dropped.
     *
     * @return label of the first drop's reason, e.g. {@code policy} or {@code callout-fault}; null if nothing was dropped
     */
    public @Nullable String reason() {
        GatewayEvent drop = drop();
        return drop == null ? null : drop.reason();
    }

    /**
     * The first drop.
     *
     * @return names layer, filter and reason; null if nothing was dropped
     */
    public @Nullable GatewayEvent drop() {
        List<GatewayEvent> drops = events(Kind.DROP);
        return drops.isEmpty() ? null : drops.get(0);
    }

    /**
     * Everything that the path told.
     *
     * @return in order
     */
    public List<GatewayEvent> events() {
        return events;
    }

    /**
     * What the path told, of one kind.
     *
     * @param kind which
     * @return in order
     */
    public List<GatewayEvent> events(Kind kind) {
        return events.stream().filter(event -> event.kind() == kind).toList();
    }

    /**
     * Frames that left, those made by callouts included.
     *
     * @return in order
     */
    public List<EmittedFrame> emitted() {
        return emitted;
    }

    /**
     * Frames that left by one port.
     *
     * @param side which
     * @return in order
     */
    public List<EmittedFrame> emitted(Side side) {
        return emitted.stream().filter(frame -> frame.side() == side).toList();
    }

    /**
     * Time and allocation of the callout under test during the call.
     *
     * @return figures, not for assertions about time
     */
    public Cost cost() {
        return cost;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(verdicts.toString());
        events.forEach(event -> text.append('\n').append(event.line()));
        emitted.forEach(frame -> text.append("\nleft ").append(frame));
        return text.toString();
    }
}
