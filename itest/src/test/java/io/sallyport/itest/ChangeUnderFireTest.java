package io.sallyport.itest;

import static io.sallyport.stack.port.Side.LAN;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.callout.Callout;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.stack.api.DataPathConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ten owners change policy at once while packets pass. Each has one filter at each of three layers, and each of its transactions
 * swaps all three for those of the other state. A packet asks all filters at all layers: whatever it sees of an owner must be of
 * one state, and no filter may be there twice or not at all.
 */
@Timeout(300)
class ChangeUnderFireTest {
    private static final int WRITERS = 10;
    private static final int TRANSACTIONS = 1_000;
    private static final int NOT_SEEN = -1;
    private static final Layer[] LAYERS = {
        Layer.INBOUND_MAC_FRAME_ETHERNET, Layer.OUTBOUND_IPPACKET_V4, Layer.OUTBOUND_TRANSPORT_V4
    };

    /** By the packet's thread only. */
    private final int[][] seen = new int[LAYERS.length][WRITERS];

    private final List<String> mixed = new ArrayList<>();
    private final int[] lastState = new int[WRITERS];
    private long packets;
    private long swaps;
    private volatile boolean isOver;

    /** The raw context of a filter is its owner and its state. */
    private Callout noting(int layer) {
        return (values, metadata, data, filter, context, out) -> {
            int owner = (int) filter.rawContext() >> 1;
            if (seen[layer][owner] != NOT_SEEN) {
                mixed.add("packet " + packets + " saw two filters of owner " + owner + " at " + LAYERS[layer]);
            }
            seen[layer][owner] = (int) filter.rawContext() & 1;
        };
    }

    private void check() {
        for (int owner = 0; owner < WRITERS; owner++) {
            int state = seen[0][owner];
            for (int layer = 0; layer < LAYERS.length; layer++) {
                if (seen[layer][owner] != state || state == NOT_SEEN) {
                    mixed.add("packet " + packets + ", owner " + owner + ": " + Arrays.deepToString(seen));
                }
            }
            if (state != lastState[owner]) {
                swaps++;
            }
            lastState[owner] = state;
        }
    }

    private static Filter filter(int owner, int layer, int state, UUID callout) {
        return Filter.builder("owner-" + owner, LAYERS[layer], ActionType.CALLOUT_INSPECTION)
                .key(new UUID(owner, layer * 2L + state + 1))
                .callout(callout)
                .rawContext(owner * 2L + state)
                .build();
    }

    private static UUID calloutKey(int layer) {
        return new UUID(77, layer);
    }

    private static void swap(Session session, int owner, int from) throws PolicyException {
        try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            for (int layer = 0; layer < LAYERS.length; layer++) {
                transaction.delete(
                        ObjectType.FILTER,
                        filter(owner, layer, from, calloutKey(layer)).key());
                transaction.add(filter(owner, layer, 1 - from, calloutKey(layer)));
            }
            transaction.commit();
        }
    }

    @Test
    @Tag("TXN-4")
    @Tag("TXN-15")
    void shouldJudgeEachPacketByOneRevision() throws Exception {
        Frames out = new Frames();
        PathLog log = new PathLog();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (WholePath whole = new WholePath(DataPathConfig.defaults(), log, out);
                Session setUp = whole.bfe.openSession(SessionOptions.named("set-up"))) {
            for (int layer = 0; layer < LAYERS.length; layer++) {
                whole.register("note-" + layer, noting(layer));
            }
            try (Transaction transaction = setUp.begin(TransactionMode.READ_WRITE)) {
                for (int layer = 0; layer < LAYERS.length; layer++) {
                    transaction.add(new CalloutObject(
                            calloutKey(layer),
                            DisplayData.of("note-" + layer),
                            "note-" + layer,
                            LAYERS[layer],
                            0,
                            null,
                            0));
                    for (int owner = 0; owner < WRITERS; owner++) {
                        transaction.add(filter(owner, layer, 0, calloutKey(layer)));
                    }
                }
                transaction.commit();
            }
            CountDownLatch firstPacket = new CountDownLatch(1);
            Future<?> path = threads.submit(() -> fire(whole, log, out, firstPacket));
            firstPacket.await();
            List<Future<?>> writers = new ArrayList<>();
            for (int owner = 0; owner < WRITERS; owner++) {
                int own = owner;
                writers.add(threads.submit(() -> {
                    try (Session session = whole.bfe.openSession(new SessionOptions("owner-" + own, false, 300_000))) {
                        for (int i = 0; i < TRANSACTIONS; i++) {
                            swap(session, own, i & 1);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            isOver = true;
            path.get();
        } finally {
            threads.shutdownNow();
        }
        assertThat(mixed.stream().limit(5)).isEmpty();
        // Else nothing was changed under fire.
        assertThat(packets).isGreaterThan(1_000);
        assertThat(swaps).isGreaterThan(1_000);
    }

    private void fire(WholePath whole, PathLog log, Frames out, CountDownLatch firstPacket) {
        byte[] frame = Frames.udp(4_000, 53, "question");
        while (!isOver) {
            for (int[] layer : seen) {
                Arrays.fill(layer, NOT_SEEN);
            }
            log.forget();
            whole.path.handler().onBatch(LAN, out.holding(frame));
            out.left().clear();
            packets++;
            check();
            firstPacket.countDown();
        }
    }
}
