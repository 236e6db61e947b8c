package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.support.Lab;
import io.sallyport.stack.shim.Shim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SlotTest {

    private static final byte[] PACKET = udpPacket("192.0.2.10", 5000, "203.0.113.9", 53, text("q"));

    private volatile boolean wasInside;
    private volatile String latest = "";

    @Test
    void shouldReturnFromRemovalOnlyWhenTheBatchIsOver() throws InterruptedException {
        try (Lab lab = new Lab()) {
            CountDownLatch started = new CountDownLatch(1);
            Thread remover = new Thread(() -> {
                started.countDown();
                lab.removeShim(ShimPoint.NETWORK);
                wasInside = latest.equals("datagram");
            });
            lab.shims.decision = (point, packet, out) -> {
                latest = point;
                if (point.equals("datagram")) {
                    remover.start();
                    awaitQuietly(started);
                }
            };
            lab.lan(PACKET);
            assertThat(lab.sent).as("the batch still had its shim").hasSize(1);
            remover.join();
            assertThat(wasInside).isFalse();
            lab.shims.decision = (point, packet, out) -> {};
            lab.lan(PACKET);
            assertThat(lab.lastReason()).isEqualTo(DropReason.NO_SHIM);
            assertThat(lab.path.flowCount())
                    .as("flows live through the restart of a shim")
                    .isEqualTo(1);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldBlockTcpWithoutTheStreamShim() {
        try (Lab lab = new Lab()) {
            lab.removeShim(ShimPoint.STREAM);
            lab.lan(tcpPacket("192.0.2.10", 1, "203.0.113.9", 2, 1, 0, SYN, new byte[0]));
            assertThat(lab.lastReason()).isEqualTo(DropReason.NO_SHIM);
            lab.lan(PACKET);
            assertThat(lab.sent).hasSize(1);
        }
    }

    @Test
    void shouldLeaveTheSlotEmptyIfItsFactoryFails() {
        try (Lab lab = new Lab()) {
            lab.factory.addShimFactory(new ShimFactory() {
                @Override
                public ShimPoint point() {
                    return ShimPoint.MAC;
                }

                @Override
                public Shim create(ShimEnvironment environment) {
                    throw new IllegalStateException("planted");
                }
            });
            lab.lan(PACKET);
            assertThat(lab.lastReason()).isEqualTo(DropReason.NO_SHIM);
        }
    }
}
