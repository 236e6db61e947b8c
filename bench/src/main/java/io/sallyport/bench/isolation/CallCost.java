package io.sallyport.bench.isolation;

import io.sallyport.bench.path.PlainGateway;
import io.sallyport.callout.Callout;
import io.sallyport.stack.api.DataPathConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a call costs of a callout that only looks on and does nothing, more than a filter that matches and calls none: the same
 * frames by two policies in turns, which differ in the action of {@value #FILTERS} filters. All of that is more than isolation
 * alone: the call itself, too.
 */
final class CallCost {
    private static final int FILTERS = 16;
    private static final int ROUNDS = 40;
    private static final int BATCHES = 3_000;

    private double plainNs = Double.MAX_VALUE;
    private double callingNs = Double.MAX_VALUE;

    private CallCost() {}

    static CallCost measure() throws Exception {
        CallCost cost = new CallCost();
        try (PlainGateway plain = gateway("permit");
                PlainGateway calling = gateway("callout-inspection, callout: test.idle")) {
            Load plainLoad = new Load(plain);
            Load callingLoad = new Load(calling);
            for (int i = 0; i < ROUNDS; i++) {
                cost.plainNs = Math.min(cost.plainNs, plainLoad.frameNs(BATCHES));
                cost.callingNs = Math.min(cost.callingNs, callingLoad.frameNs(BATCHES));
            }
        }
        return cost;
    }

    private static PlainGateway gateway(String action) throws Exception {
        PlainGateway gateway = new PlainGateway(DataPathConfig.defaults());
        Callout idle = (values, metadata, data, filter, context, out) -> {};
        gateway.register("test.idle", idle);
        StringBuilder policy = new StringBuilder("apiVersion: sallyport/v1\nprovider: bench\nsublayers:\n");
        for (int i = 0; i < FILTERS; i++) {
            policy.append("  - {name: s" + i + ", weight: " + (1_000 + i) + "}\n");
        }
        policy.append("callouts: [{key: test.idle, layer: datagram-data-v4}]\nfilters:\n");
        for (int i = 0; i < FILTERS; i++) {
            policy.append(
                    "  - {name: f" + i + ", layer: datagram-data-v4, sublayer: s" + i + ", action: " + action + "}\n");
        }
        gateway.apply(policy.toString());
        return gateway;
    }

    double callNs() {
        return Math.round((callingNs - plainNs) / FILTERS * 10) / 10.0;
    }

    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("frameNsWithFilters", Math.round(plainNs));
        figures.put("frameNsWithCalls", Math.round(callingNs));
        figures.put("calls", FILTERS);
        figures.put("callNs", callNs());
        return figures;
    }
}
