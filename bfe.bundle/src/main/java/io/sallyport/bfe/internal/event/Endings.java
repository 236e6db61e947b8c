package io.sallyport.bfe.internal.event;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.stack.api.Packet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The filters that ended their sublayers when a packet was refused (NEV-12), heaviest sublayer first. The worker notes them at
 * the classify and copies them into each event of the same packet; whoever owns the object at the moment uses it alone.
 */
final class Endings {
    private final FilterTag[] filters = new FilterTag[ClassifyOutcome.MOST_ENDINGS];
    private final ActionType[] actions = new ActionType[ClassifyOutcome.MOST_ENDINGS];
    private int count;
    private long frame;
    private @Nullable Layer layer;
    private @Nullable FilterTag decider;

    void note(Packet packet, Layer judgedAt, ClassifyOutcome outcome) {
        frame = packet.frameNumber();
        layer = judgedAt;
        decider = outcome.filter();
        count = outcome.endings();
        for (int i = 0; i < count; i++) {
            filters[i] = outcome.ending(i);
            actions[i] = outcome.endingAction(i);
        }
    }

    /** Takes over what was noted of this packet; nothing if its verdict is that of another one, which it only shares. */
    void set(Endings noted, Packet packet, @Nullable Layer judgedAt, @Nullable FilterTag decidedBy) {
        count = 0;
        if (noted.frame == packet.frameNumber()
                && noted.layer == judgedAt
                && Objects.equals(noted.decider, decidedBy)) {
            count = noted.count;
            System.arraycopy(noted.filters, 0, filters, 0, count);
            System.arraycopy(noted.actions, 0, actions, 0, count);
        }
    }

    /** Keeps no policy alive that is gone. */
    void forget() {
        Arrays.fill(filters, 0, count, null);
        count = 0;
    }

    List<NetEvent.Ending> toList() {
        List<NetEvent.Ending> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(new NetEvent.Ending(filters[i], actions[i]));
        }
        return List.copyOf(list);
    }
}
