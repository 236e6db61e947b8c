package io.sallyport.bfe.internal.event;

import io.sallyport.gateway.api.NetEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The latest events. Permits and all others are kept apart: whoever opens many flows must not push out why something was
 * dropped. Any thread.
 */
final class EventHistory {
    private final int size;
    private final ArrayDeque<LiveEvent> permits = new ArrayDeque<>();
    private final ArrayDeque<LiveEvent> others = new ArrayDeque<>();

    EventHistory(int size) {
        this.size = size;
    }

    synchronized void keep(List<LiveEvent> events) {
        for (LiveEvent event : events) {
            ArrayDeque<LiveEvent> history = event.kind() == NetEvent.Kind.PERMIT ? permits : others;
            if (history.size() == size) {
                history.removeFirst();
            }
            history.addLast(event);
        }
    }

    synchronized void clear() {
        permits.clear();
        others.clear();
    }

    /** The latest that fit, oldest first. */
    List<NetEvent> latest(Predicate<LiveEvent> wanted, int most) {
        List<LiveEvent> all = new ArrayList<>();
        synchronized (this) {
            all.addAll(permits);
            all.addAll(others);
        }
        all.removeIf(wanted.negate());
        all.sort(Comparator.comparingLong(LiveEvent::number));
        return all.subList(Math.max(0, all.size() - Math.max(0, most)), all.size()).stream()
                .map(LiveEvent::toNetEvent)
                .toList();
    }
}
