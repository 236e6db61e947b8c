package io.sallyport.bench.exhaustion;

import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.report.Report;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Ledger;
import java.util.LinkedHashMap;
import java.util.Map;

/** The books of a gateway, in a report. */
final class Ledgers {

    private Ledgers() {}

    /** Adds the balance, and the floor that it is one. */
    static void floor(Report report, PlainGateway gateway) {
        Ledger ledger = gateway.path().ledger();
        Map<String, Object> dropped = new LinkedHashMap<>();
        for (Map.Entry<DropReason, Long> entry : ledger.dropped().entrySet()) {
            if (entry.getValue() > 0) {
                dropped.put(entry.getKey().label(), entry.getValue());
            }
        }
        report.put("framesIn", ledger.framesIn())
                .put("framesOut", ledger.framesOut())
                .put("framesPended", ledger.pended())
                .put("framesDropped", dropped);
        report.floor("ledger", ledger.isBalanced(), "the ledger is exact");
    }
}
