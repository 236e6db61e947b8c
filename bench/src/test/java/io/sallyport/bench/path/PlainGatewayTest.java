package io.sallyport.bench.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.lab.Policies;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.port.Side;
import org.junit.jupiter.api.Test;

/** What is measured must be what is meant: frames that pass, flows that are known, filters that are asked. */
class PlainGatewayTest {

    @Test
    void shouldPassEverySegmentOfEstablishedFlowsWithoutAskingAgain() throws Exception {
        try (PlainGateway gateway = new PlainGateway(DataPathConfig.defaults())) {
            gateway.apply(Policies.filters(10));
            TcpFlows flows = new TcpFlows(100);
            flows.open(gateway.handler());
            assertThat(gateway.path().flowCount()).isEqualTo(100);
            long asked = gateway.authorizations();
            SlabBatch forth = new SlabBatch(64, 192);
            SlabBatch back = new SlabBatch(64, 192);
            for (int i = 0; i < 10; i++) {
                flows.fill(forth, back);
                gateway.handler().onBatch(Side.LAN, forth);
                gateway.handler().onBatch(Side.WAN, back);
            }
            assertThat(gateway.leftToWan()).isEqualTo(200 + 640);
            assertThat(gateway.leftToLan()).isEqualTo(100 + 640);
            assertThat(gateway.authorizations()).isEqualTo(asked);
            assertThat(gateway.path().ledger().isBalanced()).isTrue();
        }
    }

    @Test
    void shouldBlockWhatTheMeasuredFiltersName() throws Exception {
        try (PlainGateway gateway = new PlainGateway(DataPathConfig.defaults())) {
            gateway.apply(Policies.filters(10));
            Frame frame = new Frame(2, 1);
            SlabBatch batch = new SlabBatch(1, 192);
            // Of f3: 10.0.3.0/24, ports 1300 to 1399.
            batch.add(frame.udp(0xC0A8_0001, 5_000, 0x0A00_0307, 1_350, new byte[20]));
            gateway.handler().onBatch(Side.LAN, batch);
            assertThat(gateway.leftToWan()).isZero();
            assertThat(gateway.path().ledger().dropped()).containsEntry(DropReason.POLICY, 1L);
        }
    }

    @Test
    void shouldMakeFramesThatThePathTakesForWellFormed() throws Exception {
        try (PlainGateway gateway = new PlainGateway(DataPathConfig.defaults())) {
            gateway.apply(Policies.permitAll());
            Frame frame = new Frame(2, 1);
            SlabBatch batch = new SlabBatch(4, 1514);
            batch.add(frame.udp(0xC0A8_0001, 5_000, 0xCB00_7109, 53, new byte[0]));
            batch.add(frame.udp(0xC0A8_0001, 5_000, 0xCB00_7109, 53, new byte[1_471]));
            batch.add(frame.tcp(0xC0A8_0001, 5_000, 0xCB00_7109, 80, 99, 0, Frame.SYN, new byte[0]));
            gateway.handler().onBatch(Side.LAN, batch);
            assertThat(gateway.leftToWan()).isEqualTo(3);
        }
    }
}
