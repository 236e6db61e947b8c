package io.sallyport.bfe.internal.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.BfeState;
import io.sallyport.callout.BfeStateListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StateBroadcastTest {
    private static final long LONG_MS = 10_000;

    private final Operator operator = new Operator(() -> null);
    private final StateBroadcast states = new StateBroadcast(BfeState.START_PENDING, operator);
    private final List<BfeState> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        states.close();
    }

    @Test
    @Tag("BOOT-5")
    void shouldTellEveryChangeInOrder() {
        states.add(seen::add);
        states.announce(BfeState.RUNNING);
        states.announce(BfeState.STOP_PENDING);
        states.announce(BfeState.STOPPED);

        assertThat(states.awaitTold(LONG_MS)).isTrue();
        assertThat(seen)
                .containsExactly(BfeState.START_PENDING, BfeState.RUNNING, BfeState.STOP_PENDING, BfeState.STOPPED);
    }

    @Test
    @Tag("BOOT-5")
    void shouldTellALateListenerTheCurrentState() {
        states.announce(BfeState.RUNNING);
        states.add(seen::add);
        assertThat(states.awaitTold(LONG_MS)).isTrue();
        assertThat(seen).containsExactly(BfeState.RUNNING);
    }

    @Test
    void shouldNotLetOneListenerDisturbAnother() throws InterruptedException {
        CountDownLatch mayGoOn = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(2);
        states.add(state -> {
            throw new IllegalStateException("broken");
        });
        states.add(state -> {
            try {
                mayGoOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        states.add(state -> told.countDown());
        states.announce(BfeState.RUNNING);

        assertThat(told.await(LONG_MS, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(states.awaitTold(50)).isFalse();
        mayGoOn.countDown();
        assertThat(states.awaitTold(LONG_MS)).isTrue();
    }

    @Test
    @Tag("BOOT-5")
    void shouldLetAListenerLeaveFromInsideItsCall() {
        BfeStateListener[] self = new BfeStateListener[1];
        self[0] = state -> {
            seen.add(state);
            states.remove(self[0]);
        };
        states.add(self[0]);
        assertThat(states.awaitTold(LONG_MS)).isTrue();
        LiveHarness.await(() -> !seen.isEmpty());
        states.announce(BfeState.RUNNING);
        assertThat(states.awaitTold(LONG_MS)).isTrue();
        assertThat(seen).containsExactly(BfeState.START_PENDING);
    }
}
