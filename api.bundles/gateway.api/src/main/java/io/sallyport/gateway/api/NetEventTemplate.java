package io.sallyport.gateway.api;

import io.sallyport.policy.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which events are meant (NEV-8). Everything that is given must hold. Scopes, applications and users are not known here, so
 * there is no selection by them.
 *
 * @param from not before this time, or null
 * @param to not after this time, or null
 * @param kinds of one of these kinds; empty for any
 * @param types of one of these types; empty for any, and also for events without a type
 * @param conditions on {@code IP_PROTOCOL}, {@code IP_LOCAL_ADDRESS}, {@code IP_REMOTE_ADDRESS}, {@code IP_LOCAL_PORT} and
 *     {@code IP_REMOTE_PORT}, each once at most, with the types of the connect layers; ANDed. Local is inside
 */
public record NetEventTemplate(
        @Nullable Instant from,
        @Nullable Instant to,
        Set<NetEvent.Kind> kinds,
        Set<NetEvent.Type> types,
        List<Condition> conditions) {

    /** All events. */
    public static final NetEventTemplate ALL = new NetEventTemplate(null, null, Set.of(), Set.of(), List.of());

    /** Copies. */
    public NetEventTemplate {
        kinds = Set.copyOf(kinds);
        types = Set.copyOf(types);
        conditions = List.copyOf(conditions);
    }

    /**
     * Events of some kinds.
     *
     * @param kinds which; none for any
     * @return a template
     */
    public static NetEventTemplate of(NetEvent.Kind... kinds) {
        return new NetEventTemplate(null, null, Set.of(kinds), Set.of(), List.of());
    }
}
