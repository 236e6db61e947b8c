package io.sallyport.stack.internal.support;

import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.DataPathFactoryComponent;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/** A data path between two fake ports, with fake shims; counts and checks the books after every frame. */
public final class Lab implements PathObserver, FrameBatch, AutoCloseable {

    /** One drop event. */
    public record Drop(long frame, DropReason reason, Layer layer, FilterTag filter) {}

    public final FakeEngine engine = new FakeEngine();
    public final FakeShims shims = new FakeShims();
    public final List<Drop> drops = new ArrayList<>();
    public final List<byte[]> toLan = new ArrayList<>();
    public final List<byte[]> toWan = new ArrayList<>();
    public final List<byte[]> sent = new ArrayList<>();
    public final List<String> authorized = new ArrayList<>();
    /** Why flows were asked for again, in order. */
    public final List<ReauthorizeReason> askedAgain = new ArrayList<>();

    public final DataPathFactoryComponent factory;
    public final DataPath path;
    public boolean portWorks = true;
    public int lanMtu = Integer.MAX_VALUE;
    public int wanMtu = Integer.MAX_VALUE;
    public long sentCount;
    public long dropCount;
    public long lastSentNs;
    public boolean isRecording = true;
    public long nowNs = 1_000_000_000L;

    private final List<ShimFactory> factories = shims.factories();
    private final ByteBuffer memory = ByteBuffer.allocateDirect(70_000);
    private int length;
    private int wireLength;
    private int flags;

    public Lab() {
        this(DataPathConfig.defaults());
    }

    public Lab(DataPathConfig config) {
        factory = new DataPathFactoryComponent(factories);
        path = factory.create(config, engine, this, port(toLan, () -> lanMtu), port(toWan, () -> wanMtu));
    }

    private FrameTransmitter port(List<byte[]> out, IntSupplier mtu) {
        return new FrameTransmitter() {
            @Override
            public int mtuBytes() {
                return mtu.getAsInt();
            }

            @Override
            public boolean transmit(ByteBuffer from, int offset, int lengthBytes, long timestampNs) {
                sentCount += portWorks ? 1 : 0;
                lastSentNs = timestampNs;
                if (isRecording && portWorks) {
                    byte[] bytes = new byte[lengthBytes];
                    from.get(offset, bytes);
                    out.add(bytes);
                    sent.add(bytes);
                }
                return portWorks;
            }

            @Override
            public void flush() {}
        };
    }

    /** As when a shim's bundle stops. */
    public void removeShim(ShimPoint point) {
        factory.removeShimFactory(factories.get(point.ordinal()));
    }

    /** As when a shim's bundle starts again. */
    public void addShim(ShimPoint point) {
        factory.addShimFactory(factories.get(point.ordinal()));
    }

    /** Sends a frame in and returns what the shims were asked. */
    public List<String> send(Side side, byte[] frame) {
        return send(side, frame, frame.length, 0);
    }

    public List<String> send(Side side, byte[] frame, int newWireLength, int newFlags) {
        shims.log.clear();
        load(frame);
        wireLength = newWireLength;
        flags = newFlags;
        path.handler().onBatch(side, this);
        check();
        return List.copyOf(shims.log);
    }

    /** From the inside port. */
    public List<String> lan(byte[] ip) {
        return send(Side.LAN, PacketBuilder.fromInside(ip));
    }

    /** From the outside port. */
    public List<String> wan(byte[] ip) {
        return send(Side.WAN, PacketBuilder.fromOutside(ip));
    }

    /** Puts a frame where {@link #again} finds it, somewhere inside the memory. */
    public void load(byte[] frame) {
        memory.put(64, frame);
        length = frame.length;
        wireLength = frame.length;
        flags = 0;
    }

    /** Sends the loaded frame once more, without any allocation by the test. */
    public void again(Side side) {
        path.handler().onBatch(side, this);
    }

    public void check() {
        Ledger ledger = path.ledger();
        if (!ledger.isBalanced() || ledger.droppedTotal() != dropCount || ledger.framesOut() != sentCount) {
            throw new AssertionError("books: " + ledger + ", events: " + dropCount + ", sent: " + sentCount);
        }
        if (engine.packetDepth != 0) {
            throw new AssertionError("the engine was not left");
        }
    }

    public void advanceSeconds(long seconds) {
        nowNs += seconds * 1_000_000_000L;
        shims.log.clear();
        path.advanceTo(nowNs);
        check();
    }

    public DropReason lastReason() {
        return drops.isEmpty() ? null : drops.get(drops.size() - 1).reason();
    }

    @Override
    public void dropped(
            Packet packet,
            long frameNumber,
            DropReason reason,
            Layer layer,
            FilterTag filter,
            long flowId,
            String revision) {
        dropCount++;
        if (isRecording) {
            drops.add(new Drop(frameNumber, reason, layer, filter));
        }
    }

    @Override
    public void askingAgain(Packet packet, Flow flow, Layer layer) {
        if (isRecording) {
            askedAgain.add(flow.reauthorizeReason());
        }
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        if (isRecording) {
            authorized.add(layer + (isReauthorization ? " again" : ""));
        }
    }

    @Override
    public void fault(Packet packet, Layer layer, FilterTag filter, long flowId, String revision) {}

    @Override
    public ByteBuffer memory() {
        return memory;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public int offset(int i) {
        return 64;
    }

    @Override
    public int lengthBytes(int i) {
        return length;
    }

    @Override
    public int wireLengthBytes(int i) {
        return wireLength;
    }

    @Override
    public long timestampNs(int i) {
        return nowNs;
    }

    @Override
    public int flags(int i) {
        return flags;
    }

    @Override
    public void close() {
        path.close();
    }
}
