package io.sallyport.itest;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.Direction;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A gateway between a LAN and a WAN with real engine, stack and shims, and callouts that tests write as lambdas. */
final class DoorLab implements AutoCloseable {

    /** What a test's callout does. */
    interface Script {
        void classify(Scripted self, Item item);
    }

    /** One classify. */
    record Item(
            Layer layer,
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            @Nullable Object context,
            ClassifyOut out) {

        /** Takes the item, as who injects or pends must (INJ-1, PEND-2). */
        void absorb() {
            out.block();
            out.absorb();
            out.clearWriteRight();
        }

        Direction direction() {
            return metadata.packetDirection();
        }
    }

    /** A callout with its door. */
    static final class Scripted implements Callout {
        final Script script;
        final List<Layer> seen = new ArrayList<>();
        final List<Long> flowsEnded = new ArrayList<>();
        CalloutHost host;

        Scripted(Script script) {
            this.script = script;
        }

        @Override
        public void open(CalloutHost newHost) {
            host = newHost;
        }

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                @Nullable LayerData data,
                RuntimeFilter filter,
                @Nullable Object flowContext,
                ClassifyOut out) {
            seen.add(values.layer());
            script.classify(this, new Item(values.layer(), values, metadata, data, flowContext, out));
        }

        @Override
        public void flowDelete(Layer layer, long flowId, Object context) {
            flowsEnded.add(flowId);
        }
    }

    final PathLog log = new PathLog();
    final Frames lan = new Frames();
    final Frames wan = new Frames();
    private final Frames in = new Frames();
    final WholePath whole = new WholePath(DataPathConfig.defaults(), log, lan, wan);

    /** Registers callouts, and has each called at layers by a filter of its own sublayer, in the order of arrival. */
    DoorLab with(Object... scriptsAndLayers) throws Exception {
        StringBuilder callouts = new StringBuilder();
        StringBuilder filters = new StringBuilder();
        StringBuilder sublayers = new StringBuilder();
        for (int i = 0; i < scriptsAndLayers.length; i += 2) {
            String key = "test.c" + i;
            whole.register(key, (Scripted) scriptsAndLayers[i]);
            String layers = (String) scriptsAndLayers[i + 1];
            sublayers.append("  - {name: s" + i + ", weight: " + (30_000 - i) + "}\n");
            callouts.append("  - {key: " + key + ", layer: [" + layers + "]}\n");
            filters.append("  - {name: f" + i + ", layer: [" + layers + "], sublayer: s" + i
                    + ", action: callout-unknown, callout: " + key + "}\n");
        }
        whole.apply("apiVersion: sallyport/v1\nprovider: test\nsublayers:\n" + sublayers + "callouts:\n" + callouts
                + "filters:\n" + filters);
        return this;
    }

    /** Sends a frame in by a side; checks the books. */
    void send(Side side, byte[] frame) {
        log.forget();
        whole.path.handler().onBatch(side, in.holding(frame));
        requireBalance();
    }

    void lan(byte[] frame) {
        send(Side.LAN, frame);
    }

    void wan(byte[] frame) {
        send(Side.WAN, frame);
    }

    /** Lets the worker look into its inbox, as a tick does. */
    void tick(long laterMs) {
        log.forget();
        whole.path.advanceTo(in.timestampNs(0) + laterMs * 1_000_000);
        requireBalance();
    }

    Ledger ledger() {
        return whole.path.ledger();
    }

    DropReason lastDrop() {
        List<DropReason> drops = log.drops();
        return drops.isEmpty() ? null : drops.get(drops.size() - 1);
    }

    void requireBalance() {
        Ledger ledger = ledger();
        if (!ledger.isBalanced()
                || ledger.framesOut() != lan.left().size() + wan.left().size()) {
            throw new AssertionError("books: " + ledger);
        }
    }

    /** The payload of the UDP datagram that left last by a side. */
    static String payload(Frames side) {
        byte[] frame = side.left().get(side.left().size() - 1);
        return new String(frame, 42, frame.length - 42, java.nio.charset.StandardCharsets.UTF_8);
    }

    /** True if both checksums of an IPv4 frame that left are right, and its lengths. */
    static boolean isConsistent(byte[] frame) {
        ByteBuffer b = ByteBuffer.wrap(frame);
        int header = (frame[14] & 15) * 4;
        int total = b.getShort(16) & 0xFFFF;
        if (total != frame.length - 14 || Sums.fold(Sums.sum(b, 14, header, 0)) != 0xFFFF) {
            return false;
        }
        int protocol = frame[23] & 0xFF;
        int length = total - header;
        long pseudo = protocol == 1 ? 0 : Sums.sum(b, 26, 8, protocol + length);
        boolean hasLength = protocol != 17 || (b.getShort(14 + header + 4) & 0xFFFF) == length;
        return hasLength && Sums.fold(Sums.sum(b, 14 + header, length, pseudo)) == 0xFFFF;
    }

    @Override
    public void close() {
        whole.close();
    }
}
