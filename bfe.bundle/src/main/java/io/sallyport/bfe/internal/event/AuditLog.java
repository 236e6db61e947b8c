package io.sallyport.bfe.internal.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventOptions.AuditGroup;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The audit (NEV-10): a line of JSON for each event of the groups that are switched on. The launcher gives its logger a file
 * of its own, which is rolled over. Any thread but a worker's.
 */
final class AuditLog {
    /** The launcher knows it by this name. */
    private static final String LOGGER = "io.sallyport.audit";

    /** Names come from plug-ins and policy files: escaped, a line stays one line on every terminal. */
    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Consumer<String> lines;
    private volatile Set<AuditGroup> groups = Set.of();

    AuditLog() {
        this(LoggerFactory.getLogger(LOGGER)::info);
    }

    AuditLog(Consumer<String> lines) {
        this.lines = lines;
    }

    void set(NetEventOptions options) {
        groups = options.audit();
    }

    boolean isOn(AuditGroup group) {
        return groups.contains(group);
    }

    /** Writes a line if the group is on. */
    void write(AuditGroup group, String time, Map<String, ? extends @Nullable Object> fields) {
        if (isOn(group)) {
            StringWriter line = new StringWriter();
            try (JsonGenerator json = FACTORY.createGenerator(line)) {
                json.writeStartObject();
                json.writeStringField("ts", time);
                json.writeStringField(
                        "group", group.name().toLowerCase(Locale.ROOT).replace('_', '-'));
                for (Map.Entry<String, ? extends @Nullable Object> field : fields.entrySet()) {
                    json.writeFieldName(field.getKey());
                    write(json, field.getValue());
                }
                json.writeEndObject();
            } catch (IOException e) {
                throw new UncheckedIOException("memory does not fail", e);
            }
            lines.accept(line.toString());
        }
    }

    /** What happened to a packet; 0 as filter id says that no filter decided (NEV-11). */
    void write(AuditGroup group, NetEvent event) {
        FilterTag filter = event.filter();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>(event.fields());
        fields.remove("ts");
        fields.remove("file");
        fields.put("filterId", filter == null ? 0L : filter.id());
        write(group, event.time(), fields);
    }

    private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof Number number) {
            json.writeNumber(number.toString());
        } else {
            json.writeString(value.toString());
        }
    }
}
