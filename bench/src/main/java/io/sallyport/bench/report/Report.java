package io.sallyport.bench.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One measurement's document: which command, on which machine, the figures, and for each floor whether it was held. Names
 * of fields have their unit at the end. Not safe for use by several threads.
 */
public final class Report {
    private final Map<String, Object> root = new LinkedHashMap<>();
    private final Map<String, Object> floors = new LinkedHashMap<>();
    private final List<Report> sections = new ArrayList<>();
    private boolean isPassed = true;

    /**
     * Starts a document.
     *
     * @param command the words that measure this again
     */
    public Report(List<String> command) {
        root.put("command", "./sallyport bench " + String.join(" ", command));
        root.put("startedAt", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        root.put("machine", Machine.describe());
    }

    private Report() {}

    /**
     * Begins a part of this document, with figures and floors of its own.
     *
     * @param name of the part
     * @return to be filled; its missed floors are this one's, too
     */
    public Report section(String name) {
        Report section = new Report();
        sections.add(section);
        root.put(name, section);
        return section;
    }

    /**
     * Adds a figure, or a group of them.
     *
     * @param name with the unit at its end
     * @param value number, text, boolean, list or map of such
     * @return this
     */
    public Report put(String name, Object value) {
        root.put(name, value);
        return this;
    }

    /**
     * States what must hold. A floor that was missed makes the command exit with 1.
     *
     * @param name of the floor
     * @param isHeld whether the figures hold it
     * @param text the floor in words, with what was measured
     */
    public void floor(String name, boolean isHeld, String text) {
        Map<String, Object> floor = new LinkedHashMap<>();
        floor.put("passed", isHeld);
        floor.put("floor", text);
        floors.put(name, floor);
        isPassed &= isHeld;
    }

    /**
     * Tells whether every floor was held.
     *
     * @return true also if there is none
     */
    public boolean isPassed() {
        return isPassed && sections.stream().allMatch(Report::isPassed);
    }

    /**
     * The document.
     *
     * @return JSON with a line feed at its end
     */
    public String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            write(json, fields());
        } catch (IOException e) {
            throw new IllegalStateException("a string takes everything", e);
        }
        return text + "\n";
    }

    private Map<String, Object> fields() {
        Map<String, Object> all = new LinkedHashMap<>(root);
        if (!floors.isEmpty()) {
            all.put("floors", floors);
        }
        if (!floors.isEmpty() || !sections.isEmpty()) {
            all.put("passed", isPassed());
        }
        return all;
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Report section) {
            write(json, section.fields());
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(entry.getKey().toString());
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof Iterable<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                write(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Integer || value instanceof Long) {
            json.writeNumber(((Number) value).longValue());
        } else if (value instanceof Number number) {
            json.writeNumber(Math.round(number.doubleValue() * 1000) / 1000.0);
        } else {
            json.writeString(value.toString());
        }
    }
}
