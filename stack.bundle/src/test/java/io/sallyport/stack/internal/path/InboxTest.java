package io.sallyport.stack.internal.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.CalloutHost.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class InboxTest {

    private static final int PRODUCERS = 4;
    private static final int EACH = 50_000;

    /** What became of a message. */
    private record Note(int producer, int number, AtomicInteger fates, List<Status> refusals) implements Inbox.Message {

        @Override
        public void deliver(long nowNs) {
            fates.incrementAndGet();
        }

        @Override
        public void refuse(Status status) {
            fates.incrementAndGet();
            refusals.add(status);
        }
    }

    private final AtomicInteger fates = new AtomicInteger();
    private final List<Status> refusals = new ArrayList<>();

    private Note note(int number) {
        return new Note(0, number, fates, refusals);
    }

    @Test
    void shouldRefuseWhatDoesNotFitAndKeepTheOrder() {
        Inbox inbox = new Inbox();
        assertThat(inbox.isEmpty()).isTrue();
        for (int i = 0; i < Inbox.CAPACITY; i++) {
            assertThat(inbox.offer(note(i))).isEqualTo(Status.SUCCESS);
        }
        assertThat(inbox.offer(note(-1))).isEqualTo(Status.INSUFFICIENT_RESOURCES);
        for (int i = 0; i < Inbox.CAPACITY; i++) {
            assertThat(inbox.poll()).isEqualTo(note(i));
        }
        assertThat(inbox.poll()).isNull();
        assertThat(inbox.offer(note(1))).isEqualTo(Status.SUCCESS);
        assertThat(fates).hasValue(0);
    }

    @Test
    @Tag("INJ-11")
    void shouldDeliverEachMessageOfManyThreadsOnceAndInOrder() throws Exception {
        Inbox inbox = new Inbox();
        CountDownLatch done = new CountDownLatch(PRODUCERS);
        for (int p = 0; p < PRODUCERS; p++) {
            int producer = p;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < EACH; i++) {
                    while (inbox.offer(new Note(producer, i, fates, refusals)) != Status.SUCCESS) {
                        Thread.onSpinWait();
                    }
                }
                done.countDown();
            });
            thread.setDaemon(true);
            thread.start();
        }
        int[] next = new int[PRODUCERS];
        int seen = 0;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (seen < PRODUCERS * EACH && System.nanoTime() - deadline < 0) {
            if (inbox.poll() instanceof Note note) {
                assertThat(note.number()).isEqualTo(next[note.producer()]++);
                seen++;
            } else {
                Thread.onSpinWait();
            }
        }
        assertThat(seen).isEqualTo(PRODUCERS * EACH);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(inbox.isEmpty()).isTrue();
    }

    @Test
    @Tag("INJ-11")
    void shouldRefuseEverythingOnceItIsClosed() {
        Inbox inbox = new Inbox();
        inbox.offer(note(1));
        inbox.offer(note(2));
        inbox.close();
        assertThat(refusals).containsExactly(Status.TCPIP_NOT_READY, Status.TCPIP_NOT_READY);
        assertThat(inbox.offer(note(3))).isEqualTo(Status.TCPIP_NOT_READY);
        assertThat(fates).as("not accepted, so not refused a second time").hasValue(2);
    }

    @Test
    void shouldWakeAnIdleWorkerOnceUntilItLooks() {
        Inbox inbox = new Inbox();
        AtomicInteger woken = new AtomicInteger();
        inbox.setWaker(woken::incrementAndGet);
        inbox.offer(note(1));
        inbox.offer(note(2));
        assertThat(woken).hasValue(1);
        inbox.awake();
        inbox.poll();
        inbox.offer(note(3));
        assertThat(woken).hasValue(2);
        inbox.awake();
        inbox.enter();
        inbox.offer(note(4));
        inbox.leave();
        assertThat(woken).as("the worker itself will look").hasValue(2);
    }
}
