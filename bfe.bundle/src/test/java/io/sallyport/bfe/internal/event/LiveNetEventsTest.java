package io.sallyport.bfe.internal.event;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.sallyport.callout.Direction;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventOptions.Keyword;
import io.sallyport.gateway.api.NetEventTemplate;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.PolicyException;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.shim.testing.TestPacket;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveNetEventsTest {
    private static final int SLOTS = 16;
    private static final int HISTORY = 50;
    private static final int QUEUE = 4;
    private static final long DEADLINE_S = 20;

    /** Added to the wall clock. */
    private Duration wallJump = Duration.ZERO;

    @TempDir
    private Path home;

    private LiveNetEvents events;
    private PacketEvents worker;

    /** Everything is recorded. */
    @BeforeEach
    void open() throws Exception {
        new OptionsFile(settings()).write(new NetEventOptions(true, Set.of(Keyword.values()), Set.of()));
        events = make(SLOTS, () -> Instant.now().plus(wallJump));
        worker = new PacketEvents(events);
    }

    private Path settings() {
        return home.resolve("net-events.properties");
    }

    private LiveNetEvents make(int slots, InstantSource wall) {
        return new LiveNetEvents(slots, HISTORY, QUEUE, null, wall, settings(), new AuditLog());
    }

    private List<NetEvent> recent(int most) {
        try {
            return events.recent(NetEventTemplate.ALL, most);
        } catch (PolicyException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() {
        events.close();
    }

    @Test
    void shouldNumberEventsInTheOrderInWhichTheyHappened() {
        worker.permit(1, false);
        worker.drop(2);
        worker.permit(3, true);
        worker.fault(4);
        events.report(NetEvent.Kind.STATE, "the base filtering engine runs");
        events.drain();

        List<NetEvent> recent = recent(100);
        assertThat(recent).extracting(NetEvent::number).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(recent)
                .extracting(NetEvent::kind)
                .containsExactly(
                        NetEvent.Kind.PERMIT,
                        NetEvent.Kind.DROP,
                        NetEvent.Kind.REAUTH,
                        NetEvent.Kind.FAULT,
                        NetEvent.Kind.STATE);
        assertThat(recent).extracting(NetEvent::frame).containsExactly(1L, 2L, 3L, 4L, null);
    }

    @Test
    void shouldPutReportsBetweenThePacketsThatCameBeforeAndAfter() {
        worker.packet.timestampNs = System.nanoTime();
        worker.drop(1);
        events.report(NetEvent.Kind.FAULT, "the plug-in was refused");
        worker.packet.timestampNs = System.nanoTime() + 1;
        worker.drop(2);
        events.drain();

        assertThat(recent(3))
                .extracting(NetEvent::reason)
                .containsExactly("policy", "the plug-in was refused", "policy");
    }

    /** Somebody sets the clock back by a day, and later forward by two. */
    @Test
    void shouldChangeNothingButTimesWhenTheWallClockJumps() {
        Instant before = Instant.now();
        List<Duration> jumps = List.of(Duration.ZERO, Duration.ofDays(-1), Duration.ofDays(1));
        for (int i = 0; i < jumps.size(); i++) {
            wallJump = jumps.get(i);
            worker.packet.timestampNs = System.nanoTime();
            worker.drop(2 * i + 1);
            events.report(NetEvent.Kind.STATE, "report " + i);
            events.drain();
        }
        List<NetEvent> recent = recent(10);
        assertThat(recent).extracting(NetEvent::number).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(recent)
                .extracting(NetEvent::reason)
                .containsExactly("policy", "report 0", "policy", "report 1", "policy", "report 2");
        for (int i = 0; i < recent.size(); i++) {
            Instant time = Instant.parse(String.valueOf(recent.get(i).fields().get("ts")));
            assertThat(Duration.between(before.plus(jumps.get(i / 2)), time))
                    .isBetween(Duration.ZERO, Duration.ofMinutes(5));
        }
        assertThat(events.lost()).isZero();
    }

    @Test
    @Tag("NEV-3")
    void shouldTellDropsInTheWordsOfReplay() {
        worker.packet.timestampNs = System.nanoTime();
        worker.drop(9);
        events.drain();

        Map<String, @Nullable Object> expected = new LinkedHashMap<>();
        expected.put("kind", "drop");
        expected.put("file", null);
        expected.put("frame", 9L);
        expected.put("flow", 3L);
        expected.put("direction", "outbound");
        expected.put("layer", "ale-auth-connect-v4");
        expected.put("proto", "udp");
        expected.put("src", "192.168.1.9");
        expected.put("sport", 50_000);
        expected.put("dst", "203.0.113.80");
        expected.put("dport", 53);
        expected.put("verdict", "block");
        expected.put("reason", "policy");
        expected.put("filter", "no-telnet");
        expected.put("filterKey", "00000000-0000-0000-0000-000000000007");
        expected.put("provider", "operator");
        expected.put("sublayer", "web");
        expected.put("callout", null);
        expected.put("revision", "r7");
        Map<String, @Nullable Object> fields =
                new LinkedHashMap<>(recent(1).get(0).fields());
        Instant time = Instant.parse(String.valueOf(fields.remove("ts")));
        assertThat(fields).containsExactlyEntriesOf(expected);
        assertThat(Duration.between(time, Instant.now()).abs()).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    @Tag("NEV-12")
    void shouldListTheFiltersThatEndedSublayers() {
        worker.refuse(1);
        worker.drop(1); // another frame of the same packet
        worker.drop(2); // shares the verdict, and was not judged itself
        worker.refuse(3);
        worker.packet.frameNumber = 3;
        events.dropped(worker.packet, 3, DropReason.POLICY, Layer.STREAM_V4, PacketEvents.FILTER, 3, "r7");
        events.drain();

        List<NetEvent.Ending> both = List.of(
                new NetEvent.Ending(PacketEvents.LOSER, ActionType.CALLOUT_UNKNOWN),
                new NetEvent.Ending(PacketEvents.FILTER, ActionType.BLOCK));
        assertThat(recent(5)).extracting(NetEvent::endings).containsExactly(both, both, List.of(), both, List.of());
        assertThat(recent(5).get(0).fields().get("sublayers"))
                .asString()
                .isEqualTo("[{sublayer=vendors, filter=let-all, provider=vendor, action=callout-unknown},"
                        + " {sublayer=web, filter=no-telnet, provider=operator, action=block}]");
    }

    @Test
    void shouldLeaveOutWhatAnEventDoesNotHave() {
        worker.permit(1, false);
        TestPacket noIp = new TestPacket(Direction.INBOUND, 0, TestPacket.NONE);
        events.dropped(noIp, 2, DropReason.NO_POLICY, null, null, 0, "");
        events.report(NetEvent.Kind.STATE, "stopped");
        events.drain();

        List<NetEvent> recent = recent(3);
        NetEvent permit = recent.get(0);
        assertThat(permit.verdict()).isEqualTo("permit");
        assertThat(permit.reason()).isEqualTo("callout-unregistered");
        assertThat(permit.flow()).isEqualTo(1);
        assertThat(permit.filter()).isNull();
        assertThat(permit.revision()).isEqualTo("r8");
        NetEvent drop = recent.get(1);
        assertThat(drop.fields().entrySet().stream().filter(it -> it.getValue() != null))
                .extracting(Map.Entry::getKey)
                .containsExactly("ts", "kind", "frame", "direction", "verdict", "reason");
        assertThat(recent.get(2).fields().entrySet().stream().filter(it -> it.getValue() != null))
                .extracting(Map.Entry::getKey)
                .containsExactly("ts", "kind", "reason");
    }

    @Test
    void shouldCountWhatDoesNotFitAndLeaveAGapThere() {
        for (int frame = 1; frame <= SLOTS + 5; frame++) {
            worker.drop(frame);
        }
        assertThat(events.lost()).isEqualTo(5);
        events.drain();
        worker.drop(22);
        events.drain();

        List<NetEvent> recent = recent(SLOTS + 1);
        assertThat(recent).hasSize(SLOTS + 1);
        assertThat(recent.get(SLOTS - 1).number()).isEqualTo(SLOTS);
        assertThat(recent.get(SLOTS).frame()).isEqualTo(22);
        assertThat(recent.get(SLOTS).number()).isEqualTo(22);
        assertThat(events.lost()).isEqualTo(5);
    }

    @Test
    void shouldGoAroundTheRingManyTimes() {
        for (int frame = 1; frame <= 1_000; frame++) {
            worker.drop(frame);
            if (frame % 7 == 0) {
                events.drain();
            }
        }
        events.drain();

        assertThat(events.lost()).isZero();
        assertThat(recent(HISTORY)).extracting(NetEvent::frame).endsWith(999L, 1_000L);
    }

    @Test
    @Tag("NEV-5")
    void shouldKeepTheLatestOnly() {
        for (int frame = 1; frame <= HISTORY + 10; frame++) {
            worker.drop(frame);
            events.drain();
        }

        assertThat(recent(1_000)).hasSize(HISTORY);
        assertThat(recent(2)).extracting(NetEvent::number).containsExactly(59L, 60L);
        assertThat(recent(0)).isEmpty();
    }

    @Test
    void shouldKeepDropsHoweverManyFlowsArePermitted() {
        worker.drop(1);
        events.drain();
        for (int frame = 2; frame <= 3 * HISTORY; frame++) {
            worker.permit(frame, false);
            events.drain();
        }

        assertThat(recent(1_000)).hasSize(HISTORY + 1);
        assertThat(recent(1_000).get(0).kind()).isEqualTo(NetEvent.Kind.DROP);
    }

    /** The packet path makes no objects: measured on the thread that plays the worker. */
    @Test
    void shouldAllocateNothingOnThePacketPath() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        LiveNetEvents large = make(1 << 14, InstantSource.system());
        PacketEvents many = new PacketEvents(large);
        long allocated = Long.MAX_VALUE;
        // The best of some rounds: the first load classes and fill the ring, and the JVM may make something of its own
        // in
        // any of them. Losing events must not allocate, either.
        for (int round = 0; round < 10; round++) {
            long before = threads.getThreadAllocatedBytes(self);
            for (int frame = 0; frame < 5_000; frame++) {
                many.refuse(frame);
                many.permit(frame, false);
                many.fault(frame);
            }
            allocated = Math.min(allocated, threads.getThreadAllocatedBytes(self) - before);
        }

        assertThat(allocated).isLessThanOrEqualTo(256); // what the measuring itself costs
        assertThat(large.lost()).isPositive();
        large.close();
    }

    @Test
    @Tag("NOTE-9")
    void shouldHandOnEventsInOrderUntilTheSubscriptionEnds() throws Exception {
        BlockingQueue<NetEvent> heard = new LinkedBlockingQueue<>();
        AutoCloseable subscription = events.subscribe(NetEventTemplate.ALL, heard::add);
        worker.drop(1);
        worker.drop(2);
        events.drain();
        assertThat(take(heard).number()).isEqualTo(1);
        assertThat(take(heard).number()).isEqualTo(2);

        subscription.close();
        worker.drop(3);
        events.drain();
        BlockingQueue<NetEvent> other = new LinkedBlockingQueue<>();
        events.subscribe(NetEventTemplate.ALL, other::add);
        worker.drop(4);
        events.drain();
        assertThat(take(other).number()).isEqualTo(4);
        assertThat(heard).isEmpty();
    }

    @Test
    void shouldDropAListenerThatThrowsAndServeTheOthers() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch wasCalled = new CountDownLatch(1);
        BlockingQueue<NetEvent> heard = new LinkedBlockingQueue<>();
        AutoCloseable bad = events.subscribe(NetEventTemplate.ALL, event -> {
            calls.incrementAndGet();
            wasCalled.countDown();
            throw new IllegalStateException("thrown on purpose");
        });
        events.subscribe(NetEventTemplate.ALL, heard::add);
        for (int frame = 1; frame <= 3; frame++) {
            worker.drop(frame);
            events.drain();
            assertThat(take(heard).frame()).isEqualTo(frame);
        }
        await(wasCalled);
        bad.close(); // waits for its thread
        assertThat(calls).hasValue(1);
    }

    @Test
    void shouldTellASlowListenerWhatItMissedAndNotMakeOthersWait() throws Exception {
        CountDownLatch isInside = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        BlockingQueue<NetEvent> slow = new LinkedBlockingQueue<>();
        BlockingQueue<NetEvent> quick = new LinkedBlockingQueue<>();
        events.subscribe(NetEventTemplate.ALL, event -> {
            isInside.countDown();
            await(mayGoOn);
            slow.add(event);
        });
        events.subscribe(NetEventTemplate.ALL, quick::add);
        worker.drop(1);
        events.drain();
        await(isInside);
        for (int frame = 2; frame <= 10; frame++) {
            worker.drop(frame);
            events.drain();
            assertThat(take(quick).number()).isEqualTo(frame - 1); // it lags by the one taken below
        }
        assertThat(take(quick).number()).isEqualTo(10);
        mayGoOn.countDown();
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 1 + QUEUE; i++) {
            numbers.add(take(slow).number());
        }
        assertThat(numbers).containsExactly(1L, 2L, 3L, 4L, 5L);
        events.drain(); // also without a new event
        NetEvent notice = take(slow);
        assertThat(notice.kind()).isEqualTo(NetEvent.Kind.FAULT);
        assertThat(notice.reason()).isEqualTo("5 events were skipped: this listener was too slow for them");
        assertThat(notice.number()).isEqualTo(10);
        worker.drop(11);
        events.drain();
        assertThat(take(slow).number()).isEqualTo(11);
    }

    @Test
    void shouldTakeNoReportsAboutPackets() {
        assertThatThrownBy(() -> events.report(NetEvent.Kind.DROP, "no"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DROP");
    }

    /** As in the gateway: with its own thread, which nobody wakes, and which ends with the component. */
    @Test
    void shouldDrainOnItsOwnAndLeaveNoThread() throws Exception {
        LiveNetEvents live = new LiveNetEvents(new GatewayConfig(home, "a", "b", null, false));
        BlockingQueue<NetEvent> heard = new LinkedBlockingQueue<>();
        AutoCloseable subscription = live.subscribe(NetEventTemplate.ALL, heard::add);
        new PacketEvents(live).drop(1);
        live.report(NetEvent.Kind.STATE, "running");
        assertThat(take(heard).frame()).isEqualTo(1);
        assertThat(take(heard).reason()).isEqualTo("running");

        live.close();
        subscription.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("sallyport-net-events"));
    }

    private static NetEvent take(BlockingQueue<NetEvent> queue) throws InterruptedException {
        NetEvent event = queue.poll(DEADLINE_S, SECONDS);
        assertThat(event).as("an event within %s s", DEADLINE_S).isNotNull();
        return event;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(DEADLINE_S, SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
