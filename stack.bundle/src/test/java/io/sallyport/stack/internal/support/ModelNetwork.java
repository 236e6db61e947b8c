package io.sallyport.stack.internal.support;

import io.sallyport.stack.internal.support.ModelEnd.Segment;
import io.sallyport.stack.port.Side;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Two ends, a gateway between them, and four links that lose, repeat and reorder. Watches that no byte leaves twofold. */
public final class ModelNetwork {

    private static final long STEP_NS = 25_000_000;
    private static final int MOST_STEPS = 60_000;

    private final Lab lab;
    private final Random random;
    private final int lossPercent;
    private final ModelEnd inside;
    private final ModelEnd outside;
    private final List<Segment> toGateway = new ArrayList<>();
    private final List<Segment> fromGateway = new ArrayList<>();
    private final Map<Long, Byte> left = new HashMap<>();
    private final List<String> conflicts = new ArrayList<>();
    private int taken;
    private boolean isIpv6;

    public ModelNetwork(Lab lab, Random random, int lossPercent) {
        this.lab = lab;
        this.random = random;
        this.lossPercent = lossPercent;
        this.inside = new ModelEnd(true, random.nextInt());
        this.outside = new ModelEnd(false, -3 - random.nextInt(2_000));
    }

    public void useIpv6() {
        isIpv6 = true;
    }

    public ModelEnd inside() {
        return inside;
    }

    public ModelEnd outside() {
        return outside;
    }

    /** Bytes that left the gateway in two versions. */
    public List<String> conflicts() {
        return conflicts;
    }

    /** Until both ends are done, or for too long. */
    public void run() {
        for (int i = 0; i < MOST_STEPS && !(inside.isDone() && outside.isDone()); i++) {
            if (i % 40 == 0 && !inside.isConnected()) {
                inside.connect();
            }
            inside.step();
            outside.step();
            travel(inside.takeOutbox(), toGateway);
            travel(outside.takeOutbox(), toGateway);
            for (Segment s : shuffled(toGateway)) {
                lab.send(s.isFromInside() ? Side.LAN : Side.WAN, ModelEnd.frame(s, isIpv6));
            }
            lab.nowNs += STEP_NS;
            lab.path.advanceTo(lab.nowNs);
            lab.check();
            collect();
            for (Segment s : shuffled(fromGateway)) {
                (s.isFromInside() ? outside : inside).receive(s);
            }
        }
    }

    private void travel(List<Segment> from, List<Segment> link) {
        for (Segment s : from) {
            if (random.nextInt(100) >= lossPercent) {
                link.add(s);
                if (lossPercent > 0 && random.nextInt(100) < 3) {
                    link.add(s);
                }
            }
        }
    }

    private List<Segment> shuffled(List<Segment> link) {
        List<Segment> now = new ArrayList<>(link);
        link.clear();
        if (lossPercent > 0) {
            for (int i = 0; i + 1 < now.size(); i++) {
                if (random.nextInt(100) < lossPercent) {
                    Segment s = now.remove(i + 1);
                    now.add(i, s);
                }
            }
        }
        return now;
    }

    private void collect() {
        List<Segment> all = new ArrayList<>();
        for (; taken < lab.sent.size(); taken++) {
            Segment s = ModelEnd.parse(lab.sent.get(taken));
            watch(s);
            all.add(s);
        }
        lab.sent.clear();
        lab.toLan.clear();
        lab.toWan.clear();
        taken = 0;
        travel(all, fromGateway);
    }

    private void watch(Segment s) {
        for (int i = 0; i < s.payload().length; i++) {
            long key = (s.isFromInside() ? 1L << 40 : 0) | ((s.sequence() + i) & 0xFFFF_FFFFL);
            Byte before = left.putIfAbsent(key, s.payload()[i]);
            if (before != null && before != s.payload()[i]) {
                conflicts.add((s.isFromInside() ? "out " : "in ") + (s.sequence() + i));
            }
        }
    }
}
