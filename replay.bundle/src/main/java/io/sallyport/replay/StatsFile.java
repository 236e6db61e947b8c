package io.sallyport.replay;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.Normalization;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** Writes the balance as JSON. */
final class StatsFile {
    private StatsFile() {}

    /** One capture: its balance. Several: the sums, and each balance under {@code files}. */
    static void write(OutputStream out, List<CaptureResult> results) throws IOException {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
        try (JsonGenerator json = new JsonFactory().createGenerator(out, JsonEncoding.UTF8)) {
            json.setPrettyPrinter(printer);
            json.writeStartObject();
            Ledger total = CaptureResult.NOTHING;
            for (CaptureResult result : results) {
                total = CaptureResult.sum(total, result.ledger());
            }
            balance(json, total);
            callouts(json, CaptureResult.callouts(results));
            if (results.size() > 1) {
                json.writeObjectFieldStart("files");
                for (CaptureResult result : results) {
                    json.writeObjectFieldStart(result.name());
                    balance(json, result.ledger());
                    if (result.unreadable() != null) {
                        json.writeStringField("unreadable", result.unreadable());
                    }
                    json.writeEndObject();
                }
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void callouts(JsonGenerator json, Map<String, CalloutCounts> callouts) throws IOException {
        json.writeObjectFieldStart("callouts");
        for (Map.Entry<String, CalloutCounts> entry : callouts.entrySet()) {
            json.writeObjectFieldStart(entry.getKey());
            json.writeNumberField("calls", entry.getValue().calls());
            json.writeNumberField("faults", entry.getValue().faults());
            json.writeNumberField("ignoredAnswers", entry.getValue().ignoredAnswers());
            json.writeNumberField("unregistered", entry.getValue().unregistered());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void balance(JsonGenerator json, Ledger ledger) throws IOException {
        json.writeNumberField("framesIn", ledger.framesIn());
        json.writeNumberField("injected", ledger.injected());
        json.writeNumberField("framesOut", ledger.framesOut());
        json.writeNumberField("absorbed", ledger.absorbed());
        json.writeNumberField("pended", ledger.pended());
        json.writeObjectFieldStart("dropped");
        for (Map.Entry<DropReason, Long> entry : ledger.dropped().entrySet()) {
            if (entry.getValue() > 0) {
                json.writeNumberField(entry.getKey().label(), entry.getValue());
            }
        }
        json.writeEndObject();
        json.writeObjectFieldStart("normalized");
        for (Map.Entry<Normalization, Long> entry : ledger.normalized().entrySet()) {
            if (entry.getValue() > 0) {
                json.writeNumberField(entry.getKey().label(), entry.getValue());
            }
        }
        json.writeEndObject();
    }
}
