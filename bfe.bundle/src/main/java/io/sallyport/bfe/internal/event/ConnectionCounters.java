package io.sallyport.bfe.internal.event;

import io.sallyport.callout.Direction;
import io.sallyport.gateway.api.ConnectionCounts;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PacketText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts of connections by direction and IP version (NEV-13). Written by workers, without locks; read by anybody. */
final class ConnectionCounters {
    private static final int VERSIONS = 2;
    private static final int SIZE = Direction.values().length * VERSIONS;
    private static final Direction[] DIRECTIONS = Direction.values();

    private final AtomicLongArray allowed = new AtomicLongArray(SIZE);
    private final AtomicLongArray blocked = new AtomicLongArray(SIZE);
    private final AtomicLongArray reauthorizations = new AtomicLongArray(SIZE);

    void allowed(Packet packet) {
        allowed.getAndIncrement(place(packet.direction(), packet.ipVersion()));
    }

    void blocked(Packet packet) {
        blocked.getAndIncrement(place(packet.direction(), packet.ipVersion()));
    }

    /** The packet that asked may go the other way than the flow's first one. */
    void reauthorized(Flow flow) {
        reauthorizations.getAndIncrement(place(flow.direction(), flow.ipVersion()));
    }

    private static int place(Direction direction, int ipVersion) {
        return direction.ordinal() * VERSIONS + (ipVersion == 6 ? 1 : 0);
    }

    List<ConnectionCounts> read() {
        List<ConnectionCounts> all = new ArrayList<>();
        for (Direction direction : DIRECTIONS) {
            for (int version : new int[] {4, 6}) {
                int at = place(direction, version);
                all.add(new ConnectionCounts(
                        PacketText.direction(direction),
                        version,
                        allowed.get(at),
                        blocked.get(at),
                        reauthorizations.get(at)));
            }
        }
        return List.copyOf(all);
    }
}
