package io.sallyport.bench.lab;

import io.sallyport.bench.report.JsonText;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway counted until now, as its shell says it.
 *
 * @param all sections by name
 */
public record GatewayStatistics(Map<String, @Nullable Object> all) {

    /**
     * Asks.
     *
     * @param gateway runs
     * @return what it said
     * @throws IOException if it did not
     * @throws InterruptedException if the caller is interrupted
     */
    public static GatewayStatistics of(Gateway gateway) throws IOException, InterruptedException {
        return new GatewayStatistics(JsonText.read(gateway.statistics()));
    }

    /**
     * A section.
     *
     * @param name of the section
     * @return its fields; empty if it is not there
     */
    public Map<?, ?> section(String name) {
        return all.get(name) instanceof Map<?, ?> map ? map : Map.of();
    }

    /**
     * The balance of frames.
     *
     * @return its fields
     */
    public Map<?, ?> ledger() {
        return section("ledger");
    }

    /**
     * Tells whether frames in + injected = frames out + dropped + absorbed + pended.
     *
     * @return false also if there is no ledger
     */
    public boolean isBalanced() {
        Map<?, ?> ledger = ledger();
        return !ledger.isEmpty()
                && number(ledger, "framesIn") + number(ledger, "injected")
                        == number(ledger, "framesOut")
                                + droppedFrames()
                                + number(ledger, "absorbed")
                                + number(ledger, "pended");
    }

    /**
     * All drops together.
     *
     * @return frames
     */
    public long droppedFrames() {
        long sum = 0;
        if (ledger().get("dropped") instanceof Map<?, ?> dropped) {
            for (Object frames : dropped.values()) {
                sum += frames instanceof Long number ? number : 0;
            }
        }
        return sum;
    }

    /**
     * How often callouts were called, all together.
     *
     * @return calls
     */
    public long calloutCalls() {
        long sum = 0;
        for (Object callout : section("callouts").values()) {
            sum += callout instanceof Map<?, ?> counts ? number(counts, "calls") : 0;
        }
        return sum;
    }

    /**
     * A number of a section.
     *
     * @param section such as {@link #ledger}
     * @param name of the field
     * @return 0 if it is not there
     */
    public static long number(Map<?, ?> section, String name) {
        return section.get(name) instanceof Long number ? number : 0;
    }
}
