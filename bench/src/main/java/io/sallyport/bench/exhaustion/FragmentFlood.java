package io.sallyport.bench.exhaustion;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.report.Report;
import io.sallyport.stack.port.Side;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A million fragments of datagrams that are never completed: first from invented addresses, then under the address of the very
 * host that sends real ones. Real datagrams in two fragments begin meanwhile, and end many attacking frames later.
 */
final class FragmentFlood implements Scenario {
    private static final int FRAGMENTS = 1_000_000;
    private static final int FRAGMENTS_UNDER_FALSE_NAME = 200_000;
    private static final int OF_A_DATAGRAM = 4;
    private static final int ESTABLISHED = 10_000;
    private static final int REAL_EVERY = 1_000;
    /** 20,000 fragments a second. */
    private static final long APART_NS = TimeUnit.MICROSECONDS.toNanos(50);
    /** So many attacking frames at most between the halves of a real datagram: 45 ms. */
    private static final int MOST_BETWEEN = 900;

    private static final double MOST_MIB = 32;
    private static final double LEAST_WHOLE = 0.9;
    private static final int REAL_CLIENT = 0xCB00_7100;
    private static final int REAL_CLIENTS = 200;
    private static final byte[] PAYLOAD = new byte[1_400];
    private static final byte[] HEAD = new byte[1_200];
    private static final byte[] TAIL = new byte[200];

    private final SplittableRandom random = new SplittableRandom(1);

    /** What became of real datagrams. */
    private record Passed(int tried, int whole) {
        boolean isEnough() {
            return whole >= LEAST_WHOLE * tried;
        }
    }

    @Override
    public void run(Report report, Consumer<String> progress) throws Exception {
        System.arraycopy(udpHeader(), 0, HEAD, 0, 8);
        long before = Memory.heldBytes();
        try (Bystander bystander = new Bystander(new PlainGateway(Memory.configOfGateway()))) {
            bystander.gateway.apply(Policies.permitAll());
            EstablishedFlows established = new EstablishedFlows(bystander.gateway, ESTABLISHED);
            long quiet = Memory.heldBytes();
            progress.accept("fragment-flood: " + FRAGMENTS + " from anywhere");
            Passed anywhere = flood(bystander, FRAGMENTS, false);
            double mib = Memory.mebibytes(Memory.heldBytes() - quiet);
            progress.accept("fragment-flood: " + FRAGMENTS_UNDER_FALSE_NAME + " under the address of a real sender");
            Passed falseName = flood(bystander, FRAGMENTS_UNDER_FALSE_NAME, true);
            long live = established.live(bystander.nowNs());
            report.put("fragments", FRAGMENTS)
                    .put("fragmentsUnderFalseName", FRAGMENTS_UNDER_FALSE_NAME)
                    .put("memoryOfGatewayMib", Memory.mebibytes(quiet - before))
                    .put("memoryGrowthMib", mib)
                    .put("establishedLive", live)
                    .put("datagramsInTwoFragments", anywhere.tried)
                    .put("datagramsInTwoFragmentsGood", anywhere.whole)
                    .put("datagramsUnderFalseName", falseName.tried)
                    .put("datagramsUnderFalseNameGood", falseName.whole);
            report.floor("memory", mib <= MOST_MIB, "heap and buffers grow by at most 32 MiB: " + mib);
            report.floor(
                    "established",
                    live == established.count(),
                    "all " + established.count() + " established flows live: " + live);
            report.floor(
                    "datagrams",
                    anywhere.isEnough(),
                    "90 % of " + anywhere.tried + " real datagrams arrive: " + anywhere.whole);
            report.floor(
                    "falseName",
                    falseName.isEnough(),
                    "90 % of " + falseName.tried + " whose sender's address is misused: " + falseName.whole);
            Ledgers.floor(report, bystander.gateway);
        }
    }

    /** All but the last fragment of one datagram after the other. */
    private Passed flood(Bystander bystander, int fragments, boolean isFalseName) {
        int address = 0;
        int id = 0;
        int tried = 0;
        int whole = 0;
        int between = 0;
        for (int i = 0; i < fragments; i++) {
            int part = i % OF_A_DATAGRAM;
            if (part == 0) {
                address = isFalseName ? REAL_CLIENT : 0x5000_0000 | random.nextInt() >>> 4;
                id = random.nextInt();
            }
            bystander.pass(APART_NS);
            boolean ignored = bystander.send(
                    Side.WAN,
                    bystander.fromWan.fragment(
                            address, Bystander.SERVER_INSIDE, id, part * PAYLOAD.length, false, PAYLOAD));
            int client = REAL_CLIENT + (isFalseName ? 0 : tried % REAL_CLIENTS);
            if (i % REAL_EVERY == 0) {
                between = 1 + random.nextInt(MOST_BETWEEN);
                ignored = bystander.send(Side.WAN, real(bystander, client, tried, 0, false, HEAD));
            } else if (i % REAL_EVERY == between) {
                long before = bystander.gateway.leftToLan();
                ignored = bystander.send(Side.WAN, real(bystander, client, tried, HEAD.length, true, TAIL));
                whole += bystander.gateway.leftToLan() - before == 2 ? 1 : 0;
                tried++;
            }
        }
        return new Passed(tried, whole);
    }

    /** Without a checksum (RFC 768). */
    private static Frame real(
            Bystander bystander, int client, int id, int offsetBytes, boolean isLast, byte[] payload) {
        return bystander.fromWan.fragment(client, Bystander.SERVER_INSIDE, id, offsetBytes, isLast, payload);
    }

    private static byte[] udpHeader() {
        int length = HEAD.length + TAIL.length;
        return new byte[] {(byte) 0x13, (byte) 0x88, 0x14, (byte) 0xE9, (byte) (length >>> 8), (byte) length, 0, 0};
    }
}
