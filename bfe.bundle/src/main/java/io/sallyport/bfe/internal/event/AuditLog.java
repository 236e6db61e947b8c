package io.sallyport.bfe.internal.event;

import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventOptions.AuditGroup;
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
            StringBuilder line = new StringBuilder("{\"ts\":");
            quote(line, time);
            line.append(",\"group\":");
            quote(line, group.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            fields.forEach((name, value) -> append(line, name, value));
            lines.accept(line.append('}').toString());
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

    private static void append(StringBuilder line, String name, @Nullable Object value) {
        line.append(',');
        quote(line, name);
        line.append(':');
        if (value == null || value instanceof Number || value instanceof Boolean) {
            line.append(value);
        } else {
            quote(line, value.toString());
        }
    }

    /** Names come from plug-ins and policy files: a line stays one line. */
    private static void quote(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < ' ' || c == '\u007f' || Character.getType(c) == Character.LINE_SEPARATOR) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        line.append('"');
    }
}
