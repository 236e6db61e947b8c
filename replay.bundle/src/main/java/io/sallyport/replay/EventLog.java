package io.sallyport.replay;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PacketText;
import io.sallyport.stack.api.PathObserver;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON line for each drop and decision. A failed write is kept and thrown at the end: the packet path must not
 * fail.
 */
final class EventLog implements PathObserver, AutoCloseable {
    private final JsonGenerator json;
    private String file = "";
    private boolean isListening;
    private @Nullable IOException failure;

    EventLog(OutputStream out) throws IOException {
        json = new JsonFactoryBuilder()
                .rootValueSeparator((String) null)
                .build()
                .createGenerator(out, JsonEncoding.UTF8);
    }

    /** Events of a capture follow, judged by this policy. */
    void begin(String captureName, String revision) {
        file = captureName;
        isListening = true;
        state("started", null, revision);
    }

    /** The capture is at its end: what its data path does while it is closed is nothing that happened to a frame. */
    void end(@Nullable Long timestampNs, String revision) {
        if (isListening) {
            isListening = false;
            state("ended", timestampNs, revision);
        }
    }

    /** A capture could not be read, or not to its end. */
    void unreadable(String captureName, String reason) {
        writeAbout(captureName, "fault", reason);
    }

    /** Says what is odd about a capture of which every frame was judged. */
    void remark(String captureName, String remark) {
        writeAbout(captureName, "state", remark);
    }

    private void writeAbout(String captureName, String kind, String reason) {
        file = captureName;
        write(() -> {
            head(null, kind, null, 0);
            noPacket();
            tail(null, reason, null, "");
        });
    }

    @Override
    public void dropped(
            Packet packet,
            long frameNumber,
            DropReason reason,
            @Nullable Layer layer,
            @Nullable FilterTag filter,
            long flowId,
            String revision) {
        if (isListening) {
            write(() -> {
                head(packet.timestampNs(), "drop", frameNumber, flowId);
                packet(packet, layer);
                tail("block", reason.label(), filter, revision);
            });
        }
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        if (isListening) {
            write(() -> {
                head(packet.timestampNs(), isReauthorization ? "reauth" : "permit", packet.frameNumber(), flow.id());
                packet(packet, layer);
                tail(
                        outcome.isPermitted() ? "permit" : "block",
                        PacketText.reason(outcome.reason()),
                        outcome.filter(),
                        outcome.revision());
            });
        }
    }

    @Override
    public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
        if (isListening) {
            write(() -> {
                head(packet.timestampNs(), "fault", packet.frameNumber(), flowId);
                packet(packet, layer);
                tail(null, DropReason.CALLOUT_FAULT.label(), filter, revision);
            });
        }
    }

    /** Writes out what is left. */
    @Override
    public void close() throws IOException {
        try {
            json.close();
        } catch (IOException e) {
            failure = failure == null ? e : failure;
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void state(String what, @Nullable Long timestampNs, String revision) {
        write(() -> {
            head(timestampNs, "state", null, 0);
            noPacket();
            tail(null, what, null, revision);
        });
    }

    private void head(@Nullable Long timestampNs, String kind, @Nullable Long frame, long flowId) throws IOException {
        json.writeStartObject();
        text("ts", timestampNs == null ? null : PacketText.time(timestampNs));
        text("kind", kind);
        text("file", file);
        number("frame", frame == null || frame == 0 ? null : frame);
        number("flow", flowId == 0 ? null : flowId);
    }

    private void packet(Packet packet, @Nullable Layer layer) throws IOException {
        text("direction", PacketText.direction(packet.direction()));
        text("layer", layer == null ? null : layer.policyName());
        int version = packet.ipVersion();
        text("proto", PacketText.protocol(version, packet.protocol()));
        text("src", PacketText.address(version, packet.sourceHigh(), packet.sourceLow()));
        number("sport", PacketText.port(packet.sourcePort()));
        text("dst", PacketText.address(version, packet.destinationHigh(), packet.destinationLow()));
        number("dport", PacketText.port(packet.destinationPort()));
    }

    private void noPacket() throws IOException {
        for (String name : new String[] {"direction", "layer", "proto", "src", "sport", "dst", "dport"}) {
            json.writeNullField(name);
        }
    }

    private void tail(@Nullable String verdict, String reason, @Nullable FilterTag filter, String revision)
            throws IOException {
        text("verdict", verdict);
        text("reason", reason);
        text("filter", filter == null ? null : filter.name());
        text("filterKey", filter == null ? null : filter.key().toString());
        text("provider", filter == null ? null : filter.provider());
        text("sublayer", filter == null ? null : filter.sublayer());
        text("callout", filter == null ? null : filter.callout());
        text("revision", revision.isEmpty() ? null : revision);
        json.writeEndObject();
        json.writeRaw('\n');
    }

    private void text(String name, @Nullable String value) throws IOException {
        json.writeStringField(name, value); // writes null as null
    }

    private void number(String name, @Nullable Number value) throws IOException {
        json.writeFieldName(name);
        if (value == null) {
            json.writeNull();
        } else {
            json.writeNumber(value.longValue());
        }
    }

    private void write(Line line) {
        if (failure == null) {
            try {
                line.write();
            } catch (IOException e) {
                failure = e;
            }
        }
    }

    @FunctionalInterface
    private interface Line {
        void write() throws IOException;
    }
}
