package io.sallyport.stack.internal.support;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.LivePathComponent;
import io.sallyport.stack.port.Side;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The live data path with fake shims; engines and ports come and go as the test says. */
public final class LiveLab implements PathObserver {

    /** What happened to slots and engines, in order. */
    public final List<String> log = Collections.synchronizedList(new ArrayList<>());

    public final FakeShims shims = new FakeShims();
    public final List<DropReason> drops = new ArrayList<>();
    public final List<Long> flowIds = new ArrayList<>();
    public final List<String> authorized = new ArrayList<>();
    public final LivePathComponent live =
            new LivePathComponent(new GatewayConfig(Path.of("/nowhere"), "lan", "wan", null, false));
    public long nowNs = 1_000_000_000L;
    private final OneFrame frame = new OneFrame();

    public LiveLab() {
        shims.factories().forEach(live::addShimFactory);
        live.setObserver(this);
    }

    public FakeEngine newEngine(String name) {
        FakeEngine engine = new FakeEngine();
        engine.onClose = () -> log.add(name + " left");
        return engine;
    }

    public FakePort newPort() {
        return new FakePort(log);
    }

    /** From the inside port; returns what the shims were asked. */
    public List<String> lan(FakePort port, byte[] ip) {
        return send(port, Side.LAN, PacketBuilder.fromInside(ip));
    }

    /** From the outside port. */
    public List<String> wan(FakePort port, byte[] ip) {
        return send(port, Side.WAN, PacketBuilder.fromOutside(ip));
    }

    private List<String> send(FakePort port, Side side, byte[] bytes) {
        shims.log.clear();
        port.deliver(side, frame.show(bytes, nowNs));
        check();
        return List.copyOf(shims.log);
    }

    public void check() {
        Ledger ledger = live.ledger();
        if (!ledger.isBalanced()) {
            throw new AssertionError("books: " + ledger);
        }
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
        drops.add(reason);
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        flowIds.add(flow.id());
        authorized.add(layer + (isReauthorization ? " again" : ""));
    }

    @Override
    public void fault(Packet packet, Layer layer, FilterTag filter, long flowId, String revision) {}
}
