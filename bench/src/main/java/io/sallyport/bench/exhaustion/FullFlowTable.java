package io.sallyport.bench.exhaustion;

import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.report.Report;
import io.sallyport.stack.api.DataPathConfig;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Answered connections, which never make room for others, in every place of the flow table; then more. */
final class FullFlowTable implements Scenario {
    private static final int VISITS = 1_000;
    private static final long LONG_NS = TimeUnit.HOURS.toNanos(3);

    @Override
    public void run(Report report, Consumer<String> progress) throws Exception {
        DataPathConfig config = DataPathConfig.defaults();
        try (Bystander bystander = new Bystander(new PlainGateway(config))) {
            bystander.gateway.apply(Policies.permitAll());
            progress.accept("full-flow-table: " + config.maxFlows() + " connections");
            EstablishedFlows established = new EstablishedFlows(bystander.gateway, config.maxFlows());
            int flows = bystander.gateway.path().flowCount();
            int goodWhileFull = visits(bystander);
            long live = established.live(bystander.nowNs());
            int most = bystander.gateway.path().flowCount();
            bystander.pass(LONG_NS);
            int goodAfter = visits(bystander);
            report.put("places", config.maxFlows())
                    .put("flowsWhenFull", flows)
                    .put("establishedLive", live)
                    .put("newConnections", VISITS)
                    .put("newConnectionsGoodWhileFull", goodWhileFull)
                    .put("newConnectionsGoodAfterIdleOut", goodAfter);
            report.floor(
                    "bounded", Math.max(flows, most) <= config.maxFlows(), "never more flows than places: " + most);
            report.floor(
                    "established",
                    live == established.count(),
                    "all " + established.count() + " answered flows live: " + live);
            report.floor(
                    "recovers",
                    goodAfter == VISITS,
                    "once they have idled out all new connections succeed: " + goodAfter);
            Ledgers.floor(report, bystander.gateway);
        }
    }

    private static int visits(Bystander bystander) {
        int good = 0;
        for (int i = 0; i < VISITS; i++) {
            bystander.pass(TimeUnit.MILLISECONDS.toNanos(1));
            good += bystander.visit(i) ? 1 : 0;
        }
        return good;
    }
}
