package io.sallyport.port.pcap.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.port.PortStatistics.InterfaceState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Frames leave in order, each once, whole, whoever sends them. */
class SendQueueTest {
    private static final int HEADER_BYTES = 64;
    private static final int MOST_BYTES = 65_600;

    /** What a {@link SendQueue.Wire} was given, read as the kernel would. */
    private static final class ReadingWire implements SendQueue.Wire {
        final List<byte[]> sent = new ArrayList<>();
        final Set<Integer> refused = new HashSet<>();
        final AtomicBoolean isInside = new AtomicBoolean();
        int mostAtOnce = Integer.MAX_VALUE;
        int calls;
        int attempts;
        Runnable afterwards = () -> {};

        @Override
        public int send(long headers, int count) {
            assertThat(isInside.compareAndSet(false, true))
                    .as("one sender at a time")
                    .isTrue();
            calls++;
            int taken = 0;
            while (taken < Math.min(count, mostAtOnce)) {
                if (refused.contains(attempts)) {
                    attempts += taken == 0 ? 1 : 0; // as sendmmsg: an error is told with the next call
                    break;
                }
                attempts++;
                sent.add(read(headers + (long) taken * HEADER_BYTES));
                taken++;
            }
            afterwards.run();
            isInside.set(false);
            return taken == 0 ? -1 : taken;
        }

        private static byte[] read(long header) {
            ByteBuffer message = NativeMemory.view(header, HEADER_BYTES).order(ByteOrder.nativeOrder());
            assertThat(message.getLong(0))
                    .as("no address: the socket's own interface")
                    .isZero();
            assertThat(message.getLong(24)).as("one vector").isEqualTo(1);
            ByteBuffer vector = NativeMemory.view(message.getLong(16), 16).order(ByteOrder.nativeOrder());
            byte[] frame = new byte[(int) vector.getLong(8)];
            NativeMemory.view(vector.getLong(0), Math.max(1, frame.length)).get(0, frame);
            return frame;
        }
    }

    private final ReadingWire wire = new ReadingWire();
    private final InterfaceCounters counters = new InterfaceCounters();
    private final SendQueue queue = new SendQueue(wire, counters);
    private final ByteBuffer memory = ByteBuffer.allocateDirect(MOST_BYTES);

    @Test
    void shouldSendNothingThatWasNotPublished() {
        assertThat(queue.publish()).isEqualTo(SendQueue.NOTHING);
        offer(1, 60);
        long first = queue.publish();
        offer(2, 60);
        queue.send(first);
        assertThat(wire.sent).hasSize(1);
        queue.send(first);
        queue.send(SendQueue.NOTHING);
        assertThat(wire.calls).isEqualTo(1);
        queue.send(queue.publish());
        assertThat(wire.sent).hasSize(2);
        assertThat(queue.publish()).isEqualTo(SendQueue.NOTHING);
    }

    @Test
    void shouldSendManyWithOneCallAndCopyThemBefore() {
        for (int i = 0; i < 64; i++) {
            offer(i, 60 + i);
        }
        memory.put(0, new byte[MOST_BYTES]);
        queue.send(queue.publish());
        assertThat(wire.calls).isEqualTo(1);
        for (int i = 0; i < 64; i++) {
            assertFrame(wire.sent.get(i), i, 60 + i);
        }
        assertThat(counts("sent")).isEqualTo(64);
    }

    @Test
    void shouldKeepOrderAndBytesWhateverTheSizesAndPauses() {
        Random random = new Random(20_261_128L);
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            int size = random.nextInt(4) == 0 ? 14 + random.nextInt(MOST_BYTES - 14) : 14 + random.nextInt(1_600);
            sizes.add(size);
            offer(i, size);
            if (random.nextInt(300) == 0) {
                wire.mostAtOnce = 1 + random.nextInt(64);
                queue.send(queue.publish());
            }
        }
        queue.send(queue.publish());
        assertThat(wire.sent).hasSize(sizes.size());
        for (int i = 0; i < sizes.size(); i++) {
            assertFrame(wire.sent.get(i), i, sizes.get(i));
        }
    }

    @Test
    void shouldSendItselfWhenItIsFull() {
        for (int i = 0; i < SendQueue.FRAMES + 1; i++) {
            offer(i, 60);
        }
        assertThat(wire.sent).hasSize(SendQueue.FRAMES);
        queue.send(queue.publish());
        assertThat(wire.sent).hasSize(SendQueue.FRAMES + 1);
    }

    @Test
    void shouldLeaveOutAndCountWhatTheInterfaceRefuses() {
        wire.refused.addAll(Set.of(0, 7, 8, 99));
        for (int i = 0; i < 100; i++) {
            offer(i, 60);
        }
        queue.send(queue.publish());
        assertThat(counts("sent")).isEqualTo(96);
        assertThat(counts("failed")).isEqualTo(4);
        assertThat(wire.sent).hasSize(96);
        assertFrame(wire.sent.get(0), 1, 60);
        assertFrame(wire.sent.get(6), 9, 60);
    }

    @Test
    void shouldLoseNothingBetweenTwoThatPutInAndSend() throws InterruptedException {
        int each = 100_000;
        AtomicInteger next = new AtomicInteger();
        Runnable work = () -> {
            for (int i = 0; i < each; i++) {
                long upTo;
                synchronized (queue) { // the data path's turn
                    offer(next.getAndIncrement(), 20);
                    upTo = queue.publish();
                }
                queue.send(upTo);
            }
        };
        Thread other = new Thread(work);
        other.start();
        work.run();
        other.join(TimeUnit.SECONDS.toMillis(20));
        assertThat(wire.sent).hasSize(2 * each);
        for (int i = 0; i < 2 * each; i++) {
            assertFrame(wire.sent.get(i), i, 20);
        }
    }

    @Test
    void shouldNotSendWhatAnotherThreadPutsInMeanwhile() {
        offer(0, 60);
        long mine = queue.publish();
        wire.afterwards = () -> {
            offer(wire.sent.size(), 60);
            queue.publish();
        };
        queue.send(mine);
        assertThat(wire.sent).hasSize(1);
    }

    @Test
    void shouldSendNothingWhileItIsToBeIdle() throws InterruptedException {
        offer(1, 60);
        long upTo = queue.publish();
        Thread sender = new Thread(() -> queue.send(upTo));
        queue.whileIdle(() -> {
            sender.start();
            awaitSpinning(sender);
            assertThat(wire.sent).isEmpty();
        });
        sender.join(TimeUnit.SECONDS.toMillis(20));
        assertThat(wire.sent).hasSize(1);
    }

    private static void awaitSpinning(Thread thread) {
        while (Arrays.stream(thread.getStackTrace())
                .noneMatch(f -> f.getMethodName().equals("send"))) {
            Thread.onSpinWait();
        }
    }

    private long counts(String what) {
        var counted = counters.snapshot("x", InterfaceState.UP);
        return what.equals("sent") ? counted.sent() : counted.sendFailures();
    }

    private void offer(int number, int lengthBytes) {
        for (int i = 0; i < lengthBytes; i += 97) {
            memory.put(i, (byte) (number * 31 + i));
        }
        memory.putInt(0, number);
        memory.put(lengthBytes - 1, (byte) number);
        queue.offer(memory, 0, lengthBytes);
    }

    private static int first(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(0);
    }

    private static void assertFrame(byte[] frame, int number, int lengthBytes) {
        boolean isSame =
                frame.length == lengthBytes && first(frame) == number && frame[lengthBytes - 1] == (byte) number;
        for (int i = 97; i < lengthBytes - 1 && isSame; i += 97) {
            isSame = frame[i] == (byte) (number * 31 + i);
        }
        assertThat(isSame)
                .as("frame %d of %d bytes, found %d of %d", number, lengthBytes, first(frame), frame.length)
                .isTrue();
    }
}
