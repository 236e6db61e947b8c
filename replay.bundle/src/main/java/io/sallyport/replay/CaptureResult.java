package io.sallyport.replay;

import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.Normalization;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of a capture.
 *
 * @param name of the capture
 * @param ledger its balance; all zero if it could not be opened
 * @param unreadable why it could not be read, or not to its end; else null
 * @param remark what the file holds beside its frames; empty if nothing
 * @param callouts what became of calls, by the callout's name, in order of names
 */
record CaptureResult(
        String name,
        Ledger ledger,
        @Nullable String unreadable,
        String remark,
        SortedMap<String, CalloutCounts> callouts) {
    static final Ledger NOTHING = new Ledger(0, 0, 0, 0, 0, Map.of());

    /** Both balances together. */
    static Ledger sum(Ledger a, Ledger b) {
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        dropped.putAll(a.dropped());
        b.dropped().forEach((reason, frames) -> dropped.merge(reason, frames, Long::sum));
        Map<Normalization, Long> normalized = new EnumMap<>(Normalization.class);
        normalized.putAll(a.normalized());
        b.normalized().forEach((kind, frames) -> normalized.merge(kind, frames, Long::sum));
        return new Ledger(
                a.framesIn() + b.framesIn(),
                a.injected() + b.injected(),
                a.framesOut() + b.framesOut(),
                a.absorbed() + b.absorbed(),
                a.pended() + b.pended(),
                dropped,
                normalized);
    }

    /** What became of calls in all captures, by the callout's name. */
    static SortedMap<String, CalloutCounts> callouts(List<CaptureResult> results) {
        SortedMap<String, CalloutCounts> total = new TreeMap<>();
        for (CaptureResult result : results) {
            result.callouts().forEach((name, counts) -> total.merge(name, counts, CaptureResult::sum));
        }
        return total;
    }

    private static CalloutCounts sum(CalloutCounts a, CalloutCounts b) {
        return new CalloutCounts(
                a.calls() + b.calls(),
                a.faults() + b.faults(),
                a.ignoredAnswers() + b.ignoredAnswers(),
                a.unregistered() + b.unregistered(),
                a.quarantined() + b.quarantined(),
                a.firstFault().isEmpty() ? b.firstFault() : a.firstFault());
    }

    /** A balance in a line for people. */
    static String summary(Ledger ledger) {
        StringBuilder text = new StringBuilder()
                .append(ledger.framesIn())
                .append(" frames in, ")
                .append(ledger.framesOut())
                .append(" out");
        append(text, ledger.injected(), "injected");
        append(text, ledger.absorbed(), "absorbed");
        append(text, ledger.pended(), "held at the end");
        append(text, ledger.droppedTotal(), "dropped");
        String separator = " (";
        for (Map.Entry<DropReason, Long> entry : ledger.dropped().entrySet()) {
            if (entry.getValue() > 0) {
                text.append(separator)
                        .append(entry.getKey().label())
                        .append(' ')
                        .append(entry.getValue());
                separator = ", ";
            }
        }
        return ", ".equals(separator) ? text.append(')').toString() : text.toString();
    }

    private static void append(StringBuilder text, long frames, String what) {
        if (frames > 0) {
            text.append(", ").append(frames).append(' ').append(what);
        }
    }
}
