package io.sallyport.bench.exhaustion;

import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.path.SlabBatch;
import io.sallyport.bench.path.TcpFlows;
import io.sallyport.stack.port.Side;

/** Connections that were there before an attack; afterwards each sends once, and must still be known. */
final class EstablishedFlows {
    private static final int BATCH = 50;

    private final PlainGateway gateway;
    private final TcpFlows flows;
    private final int count;

    EstablishedFlows(PlainGateway gateway, int count) {
        this.gateway = gateway;
        this.count = count - count % BATCH;
        this.flows = new TcpFlows(this.count);
        flows.open(gateway.handler());
    }

    int count() {
        return count;
    }

    /**
     * How many still live: a segment and its acknowledgement pass, and none of them began a flow of its own. As every flow
     * that is gone makes either a drop or a new authorisation, what is missing is their number.
     */
    long live(long nowNs) {
        SlabBatch forth = new SlabBatch(BATCH, 192);
        SlabBatch back = new SlabBatch(BATCH, 192);
        forth.pass(nowNs - forth.nowNs());
        back.pass(nowNs - back.nowNs());
        long before = gateway.leftToWan();
        long authorizationsBefore = gateway.authorizations();
        for (int i = 0; i < count; i += BATCH) {
            flows.fill(forth, back);
            gateway.handler().onBatch(Side.LAN, forth);
            gateway.handler().onBatch(Side.WAN, back);
        }
        long passed = gateway.leftToWan() - before;
        return passed - (gateway.authorizations() - authorizationsBefore);
    }
}
