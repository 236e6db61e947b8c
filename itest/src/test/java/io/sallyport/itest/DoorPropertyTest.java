package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.Direction;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.NetBuffer;
import io.sallyport.callout.PendedItem;
import io.sallyport.callout.WritableConnection;
import io.sallyport.itest.DoorLab.Item;
import io.sallyport.itest.DoorLab.Scripted;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.port.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callouts that do anything at any time, also nonsense: the books balance after every frame, and every promise is kept once. */
class DoorPropertyTest {

    private static final int STEPS = 4_000;
    private static final String LAYERS = "inbound-mac-frame-ethernet, ipforward-v4, outbound-ippacket-v4,"
            + " inbound-ippacket-v4, outbound-transport-v4, inbound-transport-v4, datagram-data-v4,"
            + " ale-resource-assignment-v4, ale-connect-redirect-v4, ale-auth-connect-v4, ale-auth-listen-v4,"
            + " ale-auth-recv-accept-v4, ale-flow-established-v4, outbound-mac-frame-ethernet";

    private final List<NetBuffer> kept = new ArrayList<>();
    private final List<PendedItem> pended = new ArrayList<>();
    private long accepted;
    private long completed;

    private void act(Random random, Scripted self, Item item) {
        int what = random.nextInt(40);
        if (what < 3) {
            NetBuffer clone = self.host.packets().clone(item.metadata());
            if (clone != null) {
                edit(random, clone);
                kept.add(clone);
            }
        } else if (what < 6) {
            inject(random, self);
        } else if (what < 8) {
            pended.add(self.host.pend(item.metadata()));
        } else if (what == 8) {
            complete(random);
        } else if (what == 9) {
            WritableConnection copy = self.host.acquireWritableConnection(item.metadata());
            if (copy != null) {
                copy.setRemoteAddress(0, 0xC6336400L + random.nextInt(3));
                copy.setRemotePort(random.nextInt(4) == 0 ? 0 : 53 + random.nextInt(3));
                copy.apply();
            }
        } else if (what == 10 && item.metadata().flow() != null) {
            item.metadata().flow().abort();
        }
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> item.absorb();
            case 3 -> item.out().block();
            case 4 -> {
                if (random.nextInt(20) == 0) {
                    throw new IllegalStateException("a fault");
                }
                item.out().permit();
            }
            default -> item.out().permit();
        }
    }

    private static void edit(Random random, NetBuffer clone) {
        if (random.nextInt(3) == 0) {
            clone.resize(random.nextInt(Math.min(1_400, clone.capacityBytes())));
        }
        for (int i = 0; i < random.nextInt(4) && clone.lengthBytes() > 0; i++) {
            int at = random.nextInt(clone.lengthBytes() + clone.headroomBytes()) - clone.headroomBytes();
            clone.putU8(at, random.nextInt(256));
        }
    }

    private void inject(Random random, Scripted self) {
        if (kept.isEmpty()) {
            return;
        }
        NetBuffer buffer = kept.remove(random.nextInt(kept.size()));
        InjectionPoint point = InjectionPoint.values()[random.nextInt(InjectionPoint.values().length)];
        Direction direction = random.nextBoolean() ? Direction.OUTBOUND : Direction.INBOUND;
        boolean fails = random.nextInt(10) == 0;
        Status status = self.host.packets().inject(point, direction, buffer, this, result -> {
            completed++;
            if (fails) {
                throw new IllegalStateException("a fault in a completion");
            }
        });
        if (status == Status.SUCCESS) {
            accepted++;
        } else {
            buffer.release();
        }
    }

    private void complete(Random random) {
        if (!pended.isEmpty()) {
            PendedItem item = pended.get(random.nextInt(pended.size()));
            item.complete(PendedItem.Outcome.values()[random.nextInt(3)]);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @Tag("INJ-11")
    @Tag("PEND-6")
    void shouldBalanceWhateverCalloutsDo(long seed) throws Exception {
        Random random = new Random(seed);
        Scripted a = new Scripted((self, item) -> act(random, self, item));
        Scripted b = new Scripted((self, item) -> act(random, self, item));
        try (DoorLab lab = new DoorLab().with(a, LAYERS, b, LAYERS)) {
            for (int i = 0; i < STEPS; i++) {
                step(random, lab);
                Ledger ledger = lab.ledger();
                assertThat(ledger.isBalanced()).as("%s", ledger).isTrue();
                if (random.nextInt(10) == 0) {
                    complete(random);
                    inject(random, a);
                }
            }
            lab.tick(1);
            lab.tick(40_000);
            assertThat(completed).as("each accepted injection completes once").isEqualTo(accepted);
            assertThat(lab.ledger().pended()).as("time ends every pend").isZero();
            assertThat(accepted).isGreaterThan(100);
            assertThat(lab.ledger().dropped()).doesNotContainKey(io.sallyport.stack.api.DropReason.INTERNAL_FAULT);
        }
    }

    private static void step(Random random, DoorLab lab) {
        int port = 4_000 + random.nextInt(40);
        int kind = random.nextInt(10);
        if (kind < 4) {
            lab.lan(Frames.udp(port, 53 + random.nextInt(3), "text " + random.nextInt(100)));
        } else if (kind < 6) {
            lab.wan(Frames.udp(port, 53, "back"));
        } else if (kind < 8) {
            int flags = random.nextInt(4) == 0 ? 4 : random.nextBoolean() ? 2 : 16;
            boolean isOutbound = random.nextBoolean();
            lab.send(
                    isOutbound ? Side.LAN : Side.WAN,
                    Frames.tcp(isOutbound, port, 80, random.nextInt(5), random.nextInt(5), flags, ""));
        } else if (kind == 8) {
            lab.tick(random.nextInt(5_000));
        } else {
            lab.lan(Frames.udp(port, 53, "x".repeat(random.nextInt(1_200))));
        }
    }
}
