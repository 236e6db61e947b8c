package io.sallyport.stack.internal.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.engine.api.CalloutAccount.Kind;
import io.sallyport.engine.api.CalloutBudget;
import io.sallyport.stack.internal.support.FakeCallout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class BufferPoolTest {

    private final BufferPool pool = new BufferPool();

    @Test
    void shouldBoundWhatIsOutForEachCalloutAndForAll() {
        List<PacketBuffer> out = new ArrayList<>();
        for (int c = 1; c <= 5; c++) {
            FakeCallout who = new FakeCallout(c);
            for (int i = 0; i < CalloutBudget.DEFAULT.buffers(); i++) {
                PacketBuffer buffer = pool.take(who, 100, 14);
                if (buffer != null) {
                    out.add(buffer);
                }
            }
            if (c < 5) {
                assertThat(pool.take(who, 100, 14)).as("cap of one").isNull();
            }
        }
        assertThat(out).as("cap of all").hasSize(BufferPool.MOST_SMALL);
        out.forEach(PacketBuffer::release);
        assertThat(pool.take(new FakeCallout(9), 100, 14)).isNotNull();
        assertThat(pool.take(new FakeCallout(9), 100_000, 14))
                .as("no such packet")
                .isNull();
    }

    @Test
    void shouldHaveFewLargeOnes() {
        for (int c = 1; c <= 4; c++) {
            FakeCallout who = new FakeCallout(c);
            for (int i = 0; i < BufferPool.MOST_LARGE / 4; i++) {
                assertThat(pool.take(who, 60_000, 0)).isNotNull();
            }
            assertThat(pool.take(who, 60_000, 0)).as("its share").isNull();
            assertThat(who.account().refused(Kind.LARGE_BUFFERS)).isEqualTo(1);
            assertThat(pool.take(who, 60, 0)).isNotNull();
        }
        assertThat(pool.take(new FakeCallout(5), 60_000, 0)).as("all are out").isNull();
    }

    @Test
    void shouldNotReachAnybodyElsesBytesAfterGivingItAway() {
        FakeCallout who = new FakeCallout(1);
        PacketBuffer first = pool.take(who, 100, 0);
        first.release();
        PacketBuffer second = pool.take(who, 100, 0);
        assertThat(second.memory()).as("the same piece").isSameAs(first.memory());
        assertThatThrownBy(() -> first.putU8(0, 1)).isInstanceOf(IllegalStateException.class);
        first.release();
        assertThat(who.account().out(Kind.BUFFERS)).isEqualTo(1);
    }

    @Test
    void shouldGiveMemoryThatItsHolderMayStillWriteToNobody() {
        FakeCallout who = new FakeCallout(1);
        PacketBuffer kept = pool.take(who, 100, 0);
        who.isRegistered = false;
        pool.takeBack(who);
        assertThatThrownBy(() -> kept.u8(0)).isInstanceOf(IllegalStateException.class);
        PacketBuffer next = pool.take(new FakeCallout(2), 100, 0);
        assertThat(next.memory()).isNotSameAs(kept.memory());
        assertThat(pool.take(who, 100, 0)).as("it has left").isNull();
    }

    @Test
    void shouldNeverLeaseAPieceTwiceToThreadsThatTakeAndGiveBack() throws Exception {
        int threads = 4;
        CountDownLatch done = new CountDownLatch(threads);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int t = 0; t < threads; t++) {
            FakeCallout who = new FakeCallout(t + 1);
            Thread thread = new Thread(() -> {
                try {
                    for (int i = 0; i < 30_000; i++) {
                        PacketBuffer a = pool.take(who, 64, 0);
                        PacketBuffer b = pool.take(who, 64, 0);
                        a.putU32(0, i);
                        b.putU32(0, -i);
                        assertThat(a.u32(0)).isEqualTo(i);
                        a.release();
                        b.release();
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
                done.countDown();
            });
            thread.setDaemon(true);
            thread.start();
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(failure.get()).isNull();
    }
}
