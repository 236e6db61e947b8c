package io.sallyport.bench.exhaustion;

import io.sallyport.bench.frames.Frame;
import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.path.SlabBatch;
import io.sallyport.bench.report.Report;
import io.sallyport.bench.report.Samples;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.internal.flow.KeyedHash;
import io.sallyport.stack.port.Side;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * Flows whose places in the table would be next to each other if the hash had no secret, by somebody who knows the code, and
 * flows that collide under the usual hashes that have none. By the side of flows that nobody chose, in turns.
 */
final class Collisions implements Scenario {
    private static final int MOST_FLOWS = 100_000;
    private static final int BATCH = 64;
    private static final int ROUNDS = 5;
    private static final double LEAST = 0.8;
    private static final int SERVER = 0xCB00_7109;
    private static final int PORT = 53;
    private static final byte[] PAYLOAD = new byte[18];
    /** Equal low bits of the hash: a table is indexed by them. */
    private static final int EQUAL_BITS = 0x3FF;

    /** Many flows, sent in turn. */
    private static final class Traffic {
        private final PlainGateway gateway;
        private final long[] sources;
        private final SlabBatch batch = new SlabBatch(BATCH, 64);
        private final Frame frame = new Frame(Bystander.OUTSIDE_MAC, Bystander.INSIDE_MAC);
        private final Frame answer = new Frame(Bystander.INSIDE_MAC, Bystander.OUTSIDE_MAC);
        private final Samples framesPerSecond = new Samples();

        Traffic(PlainGateway gateway, long[] sources) {
            this.gateway = gateway;
            this.sources = sources;
        }

        /** Each flow sends once; then each is answered once. Answered flows stay. */
        void round(boolean isCounted) {
            long ns = 0;
            for (int direction = 0; direction < 2; direction++) {
                for (int from = 0; from < sources.length; from += BATCH) {
                    batch.clear();
                    for (int i = from; i < Math.min(sources.length, from + BATCH); i++) {
                        int address = (int) (sources[i] >>> 16);
                        int port = (int) sources[i] & 0xFFFF;
                        batch.add(
                                direction == 0
                                        ? frame.udp(address, port, SERVER, PORT, PAYLOAD)
                                        : answer.udp(SERVER, PORT, address, port, PAYLOAD));
                    }
                    batch.pass(10_000);
                    long start = System.nanoTime();
                    gateway.handler().onBatch(direction == 0 ? Side.LAN : Side.WAN, batch);
                    ns += System.nanoTime() - start;
                }
            }
            if (isCounted) {
                framesPerSecond.add((long) (2.0 * sources.length / ns * 1e9));
            }
        }
    }

    @Override
    public void run(Report report, Consumer<String> progress) throws Exception {
        DataPathConfig config = DataPathConfig.defaults();
        int flows = Math.min(MOST_FLOWS, config.maxFlows() / 10 * 9);
        KeyedHash withoutSecret = new KeyedHash(0, 0);
        progress.accept("collisions: looking for " + flows + " flows that collide");
        long[] normal = choose(flows, (address, port) -> (address * 31 + port) % 7 == 0);
        long[] known = choose(flows, (address, port) -> (hash(withoutSecret, address, port) & EQUAL_BITS) == 0);
        long[] simple = choose(flows, (address, port) -> ((address ^ port) & EQUAL_BITS) == 0);
        try (PlainGateway one = new PlainGateway(config);
                PlainGateway two = new PlainGateway(config);
                PlainGateway three = new PlainGateway(config)) {
            Traffic[] all = {new Traffic(one, normal), new Traffic(two, known), new Traffic(three, simple)};
            for (Traffic traffic : all) {
                traffic.gateway.apply(Policies.permitAll());
                traffic.round(false);
                traffic.round(false);
            }
            for (int i = 0; i < ROUNDS; i++) {
                progress.accept("collisions: round " + i);
                for (Traffic traffic : all) {
                    traffic.round(true);
                }
            }
            double base = all[0].framesPerSecond.percentile(50);
            double knownRatio = all[1].framesPerSecond.percentile(50) / base;
            double simpleRatio = all[2].framesPerSecond.percentile(50) / base;
            report.put("flows", flows)
                    .put("normalFramesPerSecond", base)
                    .put("knownHashByNormal", knownRatio)
                    .put("simpleHashByNormal", simpleRatio);
            report.floor("knownHash", knownRatio >= LEAST, "chosen by the code at least 80 % of normal: " + knownRatio);
            report.floor(
                    "simpleHash",
                    simpleRatio >= LEAST,
                    "chosen for usual hashes at least 80 % of normal: " + simpleRatio);
            Ledgers.floor(report, two);
            report.floor(
                    "allKept",
                    two.path().flowCount() == flows,
                    "all flows are in the table: " + two.path().flowCount());
        }
    }

    /** Tells whether a flow is one of those wanted. */
    private interface Choice {
        boolean isWanted(int address, int port);
    }

    /** Flows from a thousand hosts on; as many of each as it takes. */
    private static long[] choose(int count, Choice choice) {
        long[] sources = new long[count];
        int found = 0;
        for (int address = 0xC0A8_0000; found < count; address++) {
            IntPredicate isWanted = isWanted(choice, address);
            for (int port = 1_024; port < 65_536 && found < count; port++) {
                if (isWanted.test(port)) {
                    sources[found++] = (address & 0xFFFF_FFFFL) << 16 | port;
                }
            }
        }
        return sources;
    }

    private static IntPredicate isWanted(Choice choice, int address) {
        return port -> choice.isWanted(address, port);
    }

    /** As the flow's key has it: the lower address first, ports, protocol and IP version in one word, no VLAN. */
    private static long hash(KeyedHash hash, int address, int port) {
        long rest = port | (long) PORT << 17 | 17L << 34 | 4L << 42;
        return hash.hash(0, address & 0xFFFF_FFFFL, 0, SERVER & 0xFFFF_FFFFL, rest, 0);
    }
}
