package io.sallyport.bfe.internal.event;

import io.sallyport.bfe.internal.template.FieldSelection;
import io.sallyport.callout.Direction;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventTemplate;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import io.sallyport.stack.api.Packet;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A checked {@link NetEventTemplate} (NEV-8). Immutable. */
final class EventSelection implements Predicate<LiveEvent> {
    private static final Set<Field> FIELDS = EnumSet.of(
            Field.IP_PROTOCOL,
            Field.IP_LOCAL_ADDRESS,
            Field.IP_REMOTE_ADDRESS,
            Field.IP_LOCAL_PORT,
            Field.IP_REMOTE_PORT);
    private static final List<Layer> TYPES = List.of(Layer.ALE_AUTH_CONNECT_V4, Layer.ALE_AUTH_CONNECT_V6);

    private final NetEventTemplate template;
    private final long fromNs;
    private final long toNs;
    private final FieldSelection fields;

    private EventSelection(NetEventTemplate template, FieldSelection fields) {
        this.template = template;
        this.fields = fields;
        this.fromNs = template.from() == null ? Long.MIN_VALUE : nanos(template.from());
        this.toNs = template.to() == null ? Long.MAX_VALUE : nanos(template.to());
    }

    static EventSelection of(NetEventTemplate template) throws PolicyException {
        Instant from = template.from();
        Instant to = template.to();
        if (from != null && to != null && from.isAfter(to)) {
            throw new PolicyException(WfpError.INVALID_INTERVAL, "the time " + from + " is after " + to);
        }
        return new EventSelection(template, FieldSelection.of(TYPES, FIELDS, template.conditions()));
    }

    @Override
    public boolean test(LiveEvent event) {
        return (template.kinds().isEmpty() || template.kinds().contains(event.kind()))
                && event.timeNs() >= fromNs
                && event.timeNs() <= toNs
                && fields.test(field -> value(event, field))
                && (template.types().isEmpty() || isOfTypes(event));
    }

    /** States and faults are of no type: sets of types are not even asked for null. */
    private boolean isOfTypes(LiveEvent event) {
        NetEvent.Type type = event.toNetEvent().type();
        return type != null && template.types().contains(type);
    }

    private static Value value(LiveEvent event, Field field) {
        boolean isSource = event.direction() == Direction.OUTBOUND;
        return switch (field) {
            case IP_PROTOCOL -> number(DataType.UINT8, event.ipVersion() == 0 ? Packet.NONE : event.protocol());
            case IP_LOCAL_ADDRESS -> address(event, isSource);
            case IP_REMOTE_ADDRESS -> address(event, !isSource);
            case IP_LOCAL_PORT -> number(DataType.UINT16, isSource ? event.sourcePort() : event.destinationPort());
            default -> number(DataType.UINT16, isSource ? event.destinationPort() : event.sourcePort());
        };
    }

    private static Value number(DataType type, int number) {
        return number == Packet.NONE ? Value.empty() : new Value.Number(type, number);
    }

    private static Value address(LiveEvent event, boolean ofSource) {
        long high = ofSource ? event.sourceHigh() : event.destinationHigh();
        long low = ofSource ? event.sourceLow() : event.destinationLow();
        return switch (event.ipVersion()) {
            case 4 -> Value.uint32(low);
            case 6 ->
                Value.address6(
                        ByteBuffer.allocate(16).putLong(high).putLong(low).array());
            default -> Value.empty();
        };
    }

    /** Saturates: times of a far future or past are beyond any event. */
    private static long nanos(Instant time) {
        if (Math.abs(time.getEpochSecond()) > Integer.MAX_VALUE) {
            return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
    }
}
