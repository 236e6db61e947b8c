package io.sallyport.callout.testkit.gateway;

import io.sallyport.callout.Callout;
import io.sallyport.callout.testkit.gateway.GatewayUnderTest.Books;
import io.sallyport.callout.testkit.gateway.GatewayUnderTest.CalloutCounts;
import io.sallyport.policy.PolicyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One open gateway: its clock, its callout, and what happened since the last call. */
final class RunningGateway implements GatewayUnderTest.Listener {
    private static final long BEGIN_NS = 1_000_000_000L;
    private static final int MOST_ANSWERS = 64;

    private final GatewayUnderTest gateway;
    private final @Nullable String givenKey;
    private final Supplier<? extends Callout> maker;
    private final CalloutBooks calloutBooks = new CalloutBooks();
    private final List<TcpConnection> connections = new ArrayList<>();
    private final List<Callout> instances = new ArrayList<>();
    private final List<GatewayEvent> history = new ArrayList<>();
    private List<GatewayEvent> events = new ArrayList<>();
    private List<EmittedFrame> emitted = new ArrayList<>();
    private @Nullable ComponentDescription component;
    private @Nullable Callout instance;
    private long nowNs = BEGIN_NS;

    RunningGateway(
            GatewayFactory factory,
            boolean verifiesChecksums,
            @Nullable String key,
            Supplier<? extends Callout> maker) {
        this.givenKey = key;
        this.maker = maker;
        this.gateway = factory.create(verifiesChecksums, this);
    }

    @Override
    public void emitted(EmittedFrame frame) {
        emitted.add(frame);
    }

    @Override
    public void event(GatewayEvent event) {
        events.add(event);
        history.add(event);
    }

    GatewayUnderTest gateway() {
        return gateway;
    }

    CalloutBooks calloutBooks() {
        return calloutBooks;
    }

    List<TcpConnection> connections() {
        return connections;
    }

    List<GatewayEvent> history() {
        return List.copyOf(history);
    }

    long nowNs() {
        return nowNs;
    }

    // ---- the callout

    ComponentDescription component() {
        ComponentDescription known = component;
        if (known == null) {
            throw new IllegalStateException("no callout was made yet");
        }
        return known;
    }

    Callout instance() {
        Callout now = instance;
        if (now == null) {
            throw new IllegalStateException("the callout is not registered");
        }
        return now;
    }

    private Callout make() {
        Callout made = maker.get();
        if (component == null) {
            ComponentDescription found = ComponentDescription.find(made.getClass());
            if (givenKey != null) {
                component = found == null || !found.key().equals(givenKey) ? ComponentDescription.of(givenKey) : found;
            } else if (found != null) {
                component = found;
            } else {
                throw new IllegalStateException("there is no " + ComponentDescription.FOLDER
                        + made.getClass().getName()
                        + ".xml on the class path: build with bnd-maven-plugin, or name the callout by"
                        + " TestGateway.with(key, ...)");
            }
        }
        ComponentDescription.call(made, component().activate());
        instances.add(made);
        return made;
    }

    void register() {
        Callout made = make();
        try {
            gateway.register(component().key(), component().flags(), new WatchedCallout(made, calloutBooks));
        } catch (PolicyException e) {
            throw TestGateway.refused(e);
        }
        instance = made;
    }

    void unregister() {
        Callout leaving = instance();
        boolean isClean;
        try {
            isClean = gateway.unregister(component().key());
        } catch (PolicyException e) {
            throw TestGateway.refused(e);
        }
        instance = null;
        release(leaving);
        if (!isClean) {
            throw new AssertionError("the callout did not come to its end within two seconds");
        }
    }

    long update() {
        Callout leaving = instance();
        Callout next = make();
        long handedOver;
        try {
            handedOver = gateway.update(component().key(), component().flags(), new WatchedCallout(next, calloutBooks));
        } catch (PolicyException e) {
            throw TestGateway.refused(e);
        }
        instance = next;
        release(leaving);
        return handedOver;
    }

    private void release(Callout leaving) {
        instances.remove(leaving);
        ComponentDescription.call(leaving, component().deactivate());
    }

    CalloutCounts counts() {
        return gateway.counts(component().key());
    }

    // ---- policy

    void apply(Path file) {
        try {
            List<String> problems = gateway.apply(file);
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException("the policy is refused:\n" + String.join("\n", problems));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    void apply(String yaml) {
        try {
            Path file = Files.createTempFile("policy", ".yaml");
            try {
                Files.writeString(file, yaml);
                apply(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- frames

    Outcome frame(Side side, byte[] frame) {
        return frame(side, frame, frame.length, 0);
    }

    private Outcome frame(Side side, byte[] frame, int wireLengthBytes, int flags) {
        Books before = gateway.books();
        Cost costBefore = calloutBooks.cost();
        gateway.frame(side, frame, wireLengthBytes, flags, nowNs);
        Verdict verdict = verdict(before.framesIn() + 1, before, gateway.books());
        return outcome(List.of(verdict), costBefore);
    }

    private Verdict verdict(long number, Books before, Books after) {
        for (GatewayEvent event : events) {
            if (event.kind() == GatewayEvent.Kind.DROP && event.frame() == number) {
                return Verdict.BLOCK;
            }
        }
        if (after.framesOut() > before.framesOut()) {
            return Verdict.PERMIT;
        }
        if (after.held() > before.held()) {
            return Verdict.HELD;
        }
        return after.absorbed() > before.absorbed() ? Verdict.ABSORBED : Verdict.HELD;
    }

    Outcome replay(Path capture) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        long[] offset = {Long.MIN_VALUE};
        gateway.read(capture, (frame, wireLength, flags, timestampNs) -> {
            if (offset[0] == Long.MIN_VALUE) {
                offset[0] = Math.max(0, nowNs - timestampNs); // a capture never begins in the past
            }
            nowNs = Math.max(nowNs, timestampNs + offset[0]);
            outcomes.add(frame(Side.UNKNOWN, frame, wireLength, flags));
        });
        return Outcome.together(outcomes);
    }

    Outcome advance(long ns) {
        Cost before = calloutBooks.cost();
        nowNs += ns;
        gateway.advanceTo(nowNs);
        return outcome(List.of(), before);
    }

    private Outcome outcome(List<Verdict> verdicts, Cost costBefore) {
        Outcome outcome =
                new Outcome(verdicts, events, emitted, calloutBooks.cost().minus(costBefore));
        events = new ArrayList<>();
        emitted = new ArrayList<>();
        return outcome;
    }

    /** Shows what left to the ends of connections, and hands their acknowledgements in, until nobody has anything to say. */
    Outcome answered(Outcome first) {
        Outcome all = first;
        Outcome latest = first;
        for (int i = 0; i < MOST_ANSWERS && !latest.emitted().isEmpty(); i++) {
            List<Outcome> answers = new ArrayList<>();
            for (TcpConnection.Answer answer : answers(latest.emitted())) {
                answers.add(frame(answer.side(), answer.packet().frame()));
            }
            latest = Outcome.together(answers);
            all = all.with(latest);
        }
        return all;
    }

    /** Shows frames to the ends of connections. */
    private List<TcpConnection.Answer> answers(List<EmittedFrame> frames) {
        for (EmittedFrame frame : frames) {
            for (TcpConnection connection : connections) {
                if (connection.take(frame)) {
                    break;
                }
            }
        }
        return connections.stream()
                .flatMap(connection -> connection.answers().stream())
                .toList();
    }

    // ---- the end

    /** After a failure: without any check. */
    void abandon() {
        gateway.close();
        List.copyOf(instances).forEach(this::release);
    }

    void close(boolean mayFail, boolean mayKeep) {
        Books books = gateway.books();
        gateway.close();
        instance = null;
        List<String> wrong = new ArrayList<>();
        List<Throwable> thrown = calloutBooks.thrown();
        if (!mayFail && !thrown.isEmpty()) {
            wrong.add("the callout threw " + thrown.get(0));
        }
        if (books.framesIn() + books.injected()
                != books.framesOut() + books.dropped() + books.absorbed() + books.held()) {
            wrong.add("the gateway's books do not balance, which is a bug in it: " + books);
        }
        checkContexts(mayFail || mayKeep, wrong);
        for (Callout made : List.copyOf(instances)) {
            release(made);
        }
        if (!wrong.isEmpty()) {
            AssertionError error = new AssertionError(String.join("\n", wrong));
            thrown.forEach(error::addSuppressed);
            throw error;
        }
    }

    private void checkContexts(boolean mayKeep, List<String> wrong) {
        if (calloutBooks.hasContexts()) {
            ContextCounts contexts = calloutBooks.contexts();
            if (contexts.live() != 0) {
                wrong.add(contexts.live() + " contexts were not deleted, which is a bug in the gateway: " + contexts);
            }
            if (!mayKeep && contexts.isLeaking()) {
                wrong.add("the callout keeps " + contexts.reachable() + " contexts of flows that have ended; "
                        + contexts.most() + " were live at once at most");
            }
        }
    }
}
