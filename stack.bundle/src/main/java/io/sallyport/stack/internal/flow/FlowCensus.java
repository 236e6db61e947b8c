package io.sallyport.stack.internal.flow;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.FlowStatistics.Active;
import java.util.ArrayList;
import java.util.List;

/** How many flows are authorised and have not ended, by direction and IP version (NEV-13). Owned by one worker. */
final class FlowCensus {

    private static final Direction[] DIRECTIONS = Direction.values();
    private static final int VERSIONS = 2;

    private final long[] counts = new long[DIRECTIONS.length * VERSIONS];

    void enter(FlowImpl flow) {
        counts[place(flow.direction(), flow.ipVersion())]++;
    }

    void leave(FlowImpl flow) {
        counts[place(flow.direction(), flow.ipVersion())]--;
    }

    private static int place(Direction direction, int ipVersion) {
        return direction.ordinal() * VERSIONS + (ipVersion == 6 ? 1 : 0);
    }

    List<Active> snapshot() {
        List<Active> all = new ArrayList<>();
        for (Direction direction : DIRECTIONS) {
            for (int version : new int[] {4, 6}) {
                all.add(new Active(direction, version, counts[place(direction, version)]));
            }
        }
        return List.copyOf(all);
    }
}
