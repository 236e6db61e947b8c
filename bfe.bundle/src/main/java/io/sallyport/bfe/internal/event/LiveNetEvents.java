package io.sallyport.bfe.internal.event;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The live gateway's events. The worker only copies numbers and references into a ring; a daemon thread comes by every few
 * milliseconds, numbers what it finds, keeps the latest, and hands them on. Numbers go up by one for each event and leave
 * a gap where events were lost.
 */
@Component(service = {PathObserver.class, NetEvents.class})
public final class LiveNetEvents implements PathObserver, NetEvents {

    /** What may come in between two visits of the draining thread: 650,000 events in a second. */
    private static final int RING_SLOTS = 16_384;

    private static final int HISTORY = 10_000;
    private static final int REPORTS = 1_024;
    private static final int LISTENER_QUEUE = 4_096;
    private static final int BATCH = 1_024;
    private static final long DRAIN_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(25);
    private static final long STOP_WAIT_MS = 2_000;

    private final EventRing ring;
    private final int historySize;
    private final int listenerQueue;
    /** Only tells what time it is for people: it may jump, so nothing is ordered or timed by it. */
    private final InstantSource wall;

    private final BlockingQueue<Report> reports = new ArrayBlockingQueue<>(REPORTS);
    private final CopyOnWriteArrayList<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final @Nullable Thread drainer;
    private volatile boolean isOver;

    /** Permits, and all others: whoever opens many flows must not push out why something was dropped. Guarded by the first. */
    private final ArrayDeque<LiveEvent> permits = new ArrayDeque<>();

    private final ArrayDeque<LiveEvent> others = new ArrayDeque<>();

    /** Owned by the draining thread: events so far, those before them that were lost, and what is on its way. */
    private long counted;

    private long lostBefore;
    private final List<LiveEvent> batch = new ArrayList<>(BATCH);

    /** Something that did not happen to a packet; time by the clock that stamps packets. */
    private record Report(long timestampNs, NetEvent.Kind kind, String line) {}

    /**
     * Starts the draining thread.
     *
     * @param config its presence says that this is a live gateway
     */
    @Activate
    public LiveNetEvents(@Reference GatewayConfig config) {
        this(RING_SLOTS, HISTORY, LISTENER_QUEUE, "sallyport-net-events", InstantSource.system());
    }

    /** For tests: without a name there is no thread, and somebody calls {@link #drain}. */
    LiveNetEvents(int ringSlots, int historySize, int listenerQueue, @Nullable String threadName, InstantSource wall) {
        this.wall = wall;
        this.ring = new EventRing(ringSlots);
        this.historySize = historySize;
        this.listenerQueue = listenerQueue;
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
        subscriptions.forEach(Subscription::close);
    }

    // ---- by the worker: no locks, no allocation, no waking of others

    @Override
    public void dropped(
            Packet packet,
            long frameNumber,
            DropReason reason,
            @Nullable Layer layer,
            @Nullable FilterTag filter,
            long flowId,
            String revision) {
        EventSlot slot = ring.claim();
        if (slot != null) {
            slot.set(NetEvent.Kind.DROP, packet, layer, filter);
            slot.frame = frameNumber;
            slot.flow = flowId;
            slot.dropReason = reason;
            slot.classifyReason = null;
            slot.revision = revision;
            ring.publish(slot);
        }
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        EventSlot slot = ring.claim();
        if (slot != null) {
            NetEvent.Kind kind = isReauthorization ? NetEvent.Kind.REAUTH : NetEvent.Kind.PERMIT;
            slot.set(kind, packet, layer, outcome.filter());
            slot.isPermitted = outcome.isPermitted();
            slot.frame = packet.frameNumber();
            slot.flow = flow.id();
            slot.dropReason = null;
            slot.classifyReason = outcome.reason();
            slot.revision = outcome.revision();
            ring.publish(slot);
        }
    }

    @Override
    public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
        EventSlot slot = ring.claim();
        if (slot != null) {
            slot.set(NetEvent.Kind.FAULT, packet, layer, filter);
            slot.frame = packet.frameNumber();
            slot.flow = flowId;
            slot.dropReason = DropReason.CALLOUT_FAULT;
            slot.classifyReason = null;
            slot.revision = revision;
            ring.publish(slot);
        }
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
    public List<NetEvent> recent(int most) {
        List<LiveEvent> all = new ArrayList<>();
        synchronized (permits) {
            all.addAll(permits);
            all.addAll(others);
        }
        all.sort(Comparator.comparingLong(LiveEvent::number));
        List<LiveEvent> latest = all.subList(Math.max(0, all.size() - Math.max(0, most)), all.size());
        return latest.stream().map(LiveEvent::toNetEvent).toList();
    }

    @Override
    public AutoCloseable subscribe(Consumer<NetEvent> listener) {
        Subscription subscription = new Subscription(listenerQueue, listener, subscriptions::remove);
        subscriptions.add(subscription);
        subscription.start();
        if (isOver) {
            subscription.close();
        }
        return subscription;
    }

    @Override
    public long lost() {
        return ring.lost();
    }

    // ---- by the draining thread

    private void run() {
        while (!isOver) {
            drain();
            LockSupport.parkNanos(this, DRAIN_EVERY_NS);
        }
        drain();
    }

    /** Takes over everything that is there, in order of time. By one thread. */
    void drain() {
        long toWallNs = wallNs() - System.nanoTime();
        EventSlot slot = ring.peek();
        Report report = reports.peek();
        while (slot != null || report != null) {
            if (report != null && (slot == null || report.timestampNs() - slot.timestampNs <= 0)) {
                long timeNs = report.timestampNs() + toWallNs;
                batch.add(LiveEvent.of(report.kind(), report.line(), nextNumber(), timeNs));
                reports.remove();
                report = reports.peek();
            } else if (slot != null) {
                lostBefore = Math.max(lostBefore, slot.lostBefore);
                batch.add(LiveEvent.of(slot, nextNumber(), slot.timestampNs + toWallNs));
                ring.release(slot);
                slot = ring.peek();
            }
            if (batch.size() == BATCH) {
                handOn();
            }
        }
        handOn();
    }

    private long nextNumber() {
        counted++;
        return counted + lostBefore;
    }

    private void handOn() {
        synchronized (permits) {
            for (LiveEvent event : batch) {
                keep(event, event.kind() == NetEvent.Kind.PERMIT ? permits : others);
            }
        }
        for (Subscription subscription : subscriptions) {
            subscription.tellSkipped();
            batch.forEach(subscription::offer);
        }
        batch.clear();
    }

    private void keep(LiveEvent event, ArrayDeque<LiveEvent> history) {
        if (history.size() == historySize) {
            history.removeFirst();
        }
        history.addLast(event);
    }

    private long wallNs() {
        Instant now = wall.instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }
}
