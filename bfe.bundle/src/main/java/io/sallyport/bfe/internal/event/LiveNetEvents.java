package io.sallyport.bfe.internal.event;

import io.sallyport.bfe.internal.notify.Mailbox;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.ConnectionCounts;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventOptions.AuditGroup;
import io.sallyport.gateway.api.NetEventTemplate;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PacketText;
import io.sallyport.stack.api.PathObserver;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live gateway's events. The worker only copies numbers and references into a ring ({@link PathRecorder}); a daemon
 * thread comes by every few milliseconds, numbers what it finds, keeps the latest, and hands them on. Numbers go up by one
 * for each event and leave a gap where events were lost.
 */
@Component(service = {PathObserver.class, NetEvents.class})
public final class LiveNetEvents implements PathObserver, NetEvents {
    private static final Logger LOG = LoggerFactory.getLogger(LiveNetEvents.class);

    /** What may come in between two visits of the draining thread: 650,000 events in a second. */
    private static final int RING_SLOTS = 16_384;

    private static final int HISTORY = 10_000;
    private static final int REPORTS = 1_024;
    private static final int LISTENER_QUEUE = 4_096;
    private static final int BATCH = 1_024;
    private static final long DRAIN_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(25);
    private static final long STOP_WAIT_MS = 2_000;

    private final EventRing ring;
    private final EventHistory history;
    private final int listenerQueue;
    private final OptionsFile optionsFile;
    private final Recording recording;
    private final AuditLog audit;
    private final ConnectionCounters connections = new ConnectionCounters();

    private final PathRecorder recorder;

    /** Only tells what time it is for people: it may jump, so nothing is ordered or timed by it. */
    private final InstantSource wall;

    private final BlockingQueue<Report> reports = new ArrayBlockingQueue<>(REPORTS);
    private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();
    private final @Nullable Thread drainer;
    private volatile boolean isOver;

    /** Replaced by whoever holds the monitor of {@code optionsFile}. */
    private volatile NetEventOptions options;

    /** Owned by the draining thread: events so far, those before them that were lost, and what is on its way. */
    private long counted;

    private long lostBefore;
    private final List<LiveEvent> batch = new ArrayList<>(BATCH);

    /** One subscription. */
    private record Listener(EventSelection selection, Mailbox<LiveEvent> mailbox) {}

    /** Something that did not happen to a packet; time by the clock that stamps packets. */
    private record Report(long timestampNs, NetEvent.Kind kind, String line) {}

    /**
     * Starts the draining thread.
     *
     * @param config its presence says that this is a live gateway
     */
    @Activate
    public LiveNetEvents(@Reference GatewayConfig config) {
        this(
                RING_SLOTS,
                HISTORY,
                LISTENER_QUEUE,
                "sallyport-net-events",
                InstantSource.system(),
                config.store().resolve("net-events.properties"),
                new AuditLog());
    }

    /** For tests: without a name there is no thread, and somebody calls {@link #drain}. */
    LiveNetEvents(
            int ringSlots,
            int historySize,
            int listenerQueue,
            @Nullable String threadName,
            InstantSource wall,
            Path settings,
            AuditLog audit) {
        this.wall = wall;
        this.ring = new EventRing(ringSlots);
        this.history = new EventHistory(historySize);
        this.listenerQueue = listenerQueue;
        this.optionsFile = new OptionsFile(settings);
        this.options = optionsFile.read();
        this.recording = new Recording(options);
        this.recorder = new PathRecorder(ring, recording, connections);
        this.audit = audit;
        audit.set(options);
        if (threadName == null) {
            drainer = null;
        } else {
            Thread thread = new Thread(this::run, threadName);
            thread.setDaemon(true);
            thread.start();
            drainer = thread;
        }
    }

    /** Takes over what is left, and ends all subscriptions. */
    @Deactivate
    public void close() {
        isOver = true;
        Thread thread = drainer;
        if (thread != null) {
            LockSupport.unpark(thread);
            try {
                thread.join(STOP_WAIT_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        listeners.forEach(it -> it.mailbox().close());
    }

    // ---- by the worker

    @Override
    public void refused(Packet packet, Layer layer, ClassifyOutcome outcome) {
        recorder.refused(packet, layer, outcome);
    }

    @Override
    public void askingAgain(Packet packet, Flow flow, Layer layer) {
        recorder.askingAgain(packet, flow, layer);
    }

    @Override
    public void dropped(
            Packet packet,
            long frameNumber,
            DropReason reason,
            @Nullable Layer layer,
            @Nullable FilterTag filter,
            long flowId,
            String revision) {
        recorder.dropped(packet, frameNumber, reason, layer, filter, flowId, revision);
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        recorder.authorized(packet, flow, layer, outcome, isReauthorization);
    }

    @Override
    public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
        recorder.fault(packet, layer, filter, flowId, revision);
    }

    // ---- by anybody else

    @Override
    public void report(NetEvent.Kind kind, String line) {
        if (kind != NetEvent.Kind.STATE && kind != NetEvent.Kind.FAULT) {
            throw new IllegalArgumentException(kind + " events are about packets; report STATE or FAULT");
        }
        // A full queue takes a thousand reports within one visit; the next ones tell the same story.
        boolean isTaken = reports.offer(new Report(System.nanoTime(), kind, line));
        if (!isTaken) {
            ring.countLost();
        }
    }

    @Override
    public List<NetEvent> recent(NetEventTemplate template, int most) throws PolicyException {
        EventSelection selection = EventSelection.of(template);
        if (!options.isCollecting()) {
            throw new PolicyException(
                    WfpError.NET_EVENTS_DISABLED, "events are not recorded; switch that on and they are, from then on");
        }
        return history.latest(selection, most);
    }

    @Override
    public AutoCloseable subscribe(NetEventTemplate template, Consumer<NetEvent> listener) throws PolicyException {
        EventSelection selection = EventSelection.of(template);
        AtomicReference<Listener> self = new AtomicReference<>();
        Mailbox<LiveEvent> mailbox = new Mailbox<>(
                "sallyport-events-listener",
                listenerQueue,
                event -> listener.accept(event.toNetEvent()),
                LiveNetEvents::skipped,
                () -> listeners.remove(self.get()));
        self.set(new Listener(selection, mailbox));
        listeners.add(self.get());
        mailbox.start();
        if (isOver) {
            mailbox.close();
        }
        return mailbox;
    }

    @Override
    public NetEventOptions options() {
        return options;
    }

    @Override
    public void setOptions(NetEventOptions next) throws PolicyException {
        synchronized (optionsFile) {
            NetEventOptions before = options;
            if (next.equals(before)) {
                return;
            }
            optionsFile.write(next);
            if (next.isCollecting() && !before.isCollecting()) {
                history.clear();
            }
            options = next;
            recording.set(next);
            audit.set(next);
        }
        report(
                NetEvent.Kind.STATE,
                "events: recording " + (next.isCollecting() ? "on" : "off") + ", keywords " + next.keywords()
                        + ", audited " + next.audit());
    }

    @Override
    public void audit(AuditGroup group, Map<String, ? extends @Nullable Object> fields) {
        audit.write(group, PacketText.time(wallNs()), fields);
    }

    @Override
    public List<ConnectionCounts> connections() {
        return connections.read();
    }

    private static LiveEvent skipped(long count, LiveEvent last) {
        String line = count + " events were skipped: this listener was too slow for them";
        return LiveEvent.of(NetEvent.Kind.FAULT, line, last.number(), last.timeNs());
    }

    @Override
    public long lost() {
        return ring.lost();
    }

    // ---- by the draining thread

    private void run() {
        while (!isOver) {
            drainOrSay();
            LockSupport.parkNanos(this, DRAIN_EVERY_NS);
        }
        drainOrSay();
    }

    /** Whatever is wrong with one event costs its batch, and not all that come after it. */
    private void drainOrSay() {
        try {
            drain();
        } catch (RuntimeException e) {
            LOG.error("{} events could not be handed on", batch.size(), e);
            batch.clear();
        }
    }

    /** Takes over everything that is there, in order of time. By one thread. */
    void drain() {
        long toWallNs = wallNs() - System.nanoTime();
        EventSlot slot = ring.peek();
        Report report = reports.peek();
        while (slot != null || report != null) {
            if (report != null && (slot == null || report.timestampNs() - slot.timestampNs <= 0)) {
                long timeNs = report.timestampNs() + toWallNs;
                LiveEvent event = LiveEvent.of(report.kind(), report.line(), nextNumber(), timeNs);
                batch.add(event);
                if (audit.isOn(AuditGroup.OTHER)) {
                    audit.write(AuditGroup.OTHER, event.toNetEvent());
                }
                reports.remove();
                report = reports.peek();
            } else if (slot != null) {
                take(slot, slot.timestampNs + toWallNs);
                ring.release(slot);
                slot = ring.peek();
            }
            if (batch.size() == BATCH) {
                handOn();
            }
        }
        handOn();
    }

    /** What is only audited has no number: numbers are those of the history. */
    private void take(EventSlot slot, long timeNs) {
        lostBefore = Math.max(lostBefore, slot.lostBefore);
        LiveEvent event = LiveEvent.of(slot, slot.isKept ? nextNumber() : 0, timeNs);
        if (slot.isKept) {
            batch.add(event);
        }
        if (slot.isAudited) {
            boolean isDrop = slot.kind == NetEvent.Kind.DROP;
            audit.write(isDrop ? AuditGroup.PACKET_DROP : AuditGroup.CONNECTION, event.toNetEvent());
        }
    }

    private long nextNumber() {
        counted++;
        return counted + lostBefore;
    }

    private void handOn() {
        history.keep(batch);
        for (Listener listener : listeners) {
            for (LiveEvent event : batch) {
                if (listener.selection().test(event)) {
                    listener.mailbox().offer(event);
                }
            }
        }
        batch.clear();
    }

    private long wallNs() {
        Instant now = wall.instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }
}
