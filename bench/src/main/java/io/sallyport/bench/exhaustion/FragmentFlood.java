package io.sallyport.bench.exhaustion;

import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.report.Report;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.port.Side;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A million first fragments of datagrams that are never completed, from invented addresses. */
final class FragmentFlood implements Scenario {
    private static final int FRAGMENTS = 1_000_000;
    private static final int ESTABLISHED = 10_000;
    private static final int REAL_EVERY = 1_000;
    private static final long APART_NS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final double MOST_MIB = 32;
    private static final byte[] PAYLOAD = new byte[1_400];
    private static final byte[] HEAD = new byte[1_200];
    private static final byte[] TAIL = new byte[200];

    @Override
    public void run(Report report, Consumer<String> progress) throws Exception {
        System.arraycopy(udpHeader(), 0, HEAD, 0, 8);
        long before = Memory.heldBytes();
        try (Bystander bystander = new Bystander(new PlainGateway(DataPathConfig.defaults()))) {
            bystander.gateway.apply(Policies.permitAll());
            EstablishedFlows established = new EstablishedFlows(bystander.gateway, ESTABLISHED);
            long quiet = Memory.heldBytes();
            SplittableRandom random = new SplittableRandom(1);
            int tried = 0;
            int whole = 0;
            for (int i = 0; i < FRAGMENTS; i++) {
                bystander.pass(APART_NS);
                boolean ignored = bystander.send(
                        Side.WAN,
                        bystander.fromWan.fragment(
                                0x5000_0000 | random.nextInt() >>> 4,
                                Bystander.SERVER_INSIDE,
                                random.nextInt(),
                                0,
                                false,
                                PAYLOAD));
                if (i % REAL_EVERY == REAL_EVERY - 1) {
                    whole += passesInFragments(bystander, tried++) ? 1 : 0;
                }
                if (i % 200_000 == 0) {
                    progress.accept("fragment-flood: " + i + " of " + FRAGMENTS);
                }
            }
            double mib = Memory.mebibytes(Memory.heldBytes() - quiet);
            long live = established.live(bystander.nowNs());
            report.put("fragments", FRAGMENTS)
                    .put("memoryOfGatewayMib", Memory.mebibytes(quiet - before))
                    .put("memoryGrowthMib", mib)
                    .put("establishedLive", live)
                    .put("datagramsInTwoFragments", tried)
                    .put("datagramsInTwoFragmentsGood", whole);
            report.floor("memory", mib <= MOST_MIB, "heap and buffers grow by at most 32 MiB: " + mib);
            report.floor(
                    "established",
                    live == established.count(),
                    "all " + established.count() + " established flows live: " + live);
            Ledgers.floor(report, bystander.gateway);
        }
    }

    private static byte[] udpHeader() {
        int length = HEAD.length + TAIL.length;
        return new byte[] {(byte) 0x13, (byte) 0x88, 0x14, (byte) 0xE9, (byte) (length >>> 8), (byte) length, 0, 0};
    }

    /** A datagram from a client of ours, without a checksum (RFC 768), in two fragments. */
    private static boolean passesInFragments(Bystander bystander, int number) {
        int client = 0xCB00_7100 + number % 200;
        boolean ignored = bystander.send(
                Side.WAN, bystander.fromWan.fragment(client, Bystander.SERVER_INSIDE, number, 0, false, HEAD));
        long before = bystander.gateway.leftToLan();
        return bystander.send(
                        Side.WAN,
                        bystander.fromWan.fragment(client, Bystander.SERVER_INSIDE, number, HEAD.length, true, TAIL))
                && bystander.gateway.leftToLan() > before;
    }
}
