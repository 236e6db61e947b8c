package io.sallyport.bench.exhaustion;

import io.sallyport.bench.lab.Policies;
import io.sallyport.bench.path.PlainGateway;
import io.sallyport.bench.report.Report;
import io.sallyport.bench.report.Samples;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.internal.flow.KeyedHash;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Flows whose places in the table would be next to each other if the hash had no secret, by somebody who knows the code, and
 * flows that collide under the usual hashes that have none. By the side of flows that nobody chose, in turns. Last, what the
 * secret is worth: flows chosen by somebody who has it.
 */
final class Collisions implements Scenario {
    private static final int FLOWS = 100_000;
    private static final int ROUNDS = 7;
    private static final double MILLION = 1e6;
    private static final double LEAST = 0.8;
    /** Equal low bits of the hash: a table is indexed by them. */
    private static final int EQUAL_BITS = 0x7FF;

    private static final int FIRST_ADDRESS = 0xC0A8_0000;
    private static final int FIRST_PORT = 1_024;

    /** Tells whether a flow is one of those wanted; one of {@link #EQUAL_BITS} is, so that all come from as many hosts. */
    @FunctionalInterface
    private interface Choice {
        boolean isWanted(int address, int port);
    }

    @Override
    public void run(Report report, Consumer<String> progress) throws Exception {
        DataPathConfig config = Memory.configOfGateway();
        SplittableRandom random = new SplittableRandom(1);
        KeyedHash withoutSecret = new KeyedHash(0, 0);
        KeyedHash stolen = new KeyedHash(random.nextLong(), random.nextLong());
        progress.accept("collisions: looking for " + FLOWS + " flows that collide");
        try (PlainGateway normal = new PlainGateway(config);
                PlainGateway known = new PlainGateway(config);
                PlainGateway simple = new PlainGateway(config);
                PlainGateway told = new PlainGateway(config, stolen)) {
            DatagramFlows anyFlows = flows(normal, (address, port) -> random.nextInt(EQUAL_BITS + 1) == 0);
            DatagramFlows byCode = flows(known, (address, port) -> hash(withoutSecret, address, port) == 0);
            DatagramFlows byHabit = flows(simple, (address, port) -> ((address ^ port) & EQUAL_BITS) == 0);
            DatagramFlows bySecret = flows(told, (address, port) -> hash(stolen, address, port) == 0);
            List<DatagramFlows> all = List.of(anyFlows, byCode, byHabit, bySecret);
            // Of frames in a second: the first set's own, the others' by the first one's in the same round; in
            // millionths.
            List<Samples> rates = all.stream().map(one -> new Samples()).toList();
            for (int i = 0; i <= ROUNDS; i++) {
                progress.accept("collisions: round " + i + " of " + ROUNDS);
                double normalRate = 0;
                for (int k = 0; k < all.size(); k++) {
                    double rate = all.get(k).round();
                    normalRate = k == 0 ? rate : normalRate;
                    if (i > 0) {
                        rates.get(k).add((long) (k == 0 ? rate : rate / normalRate * MILLION));
                    }
                }
            }
            double codeRatio = rates.get(1).percentile(50) / MILLION;
            double habitRatio = rates.get(2).percentile(50) / MILLION;
            double secretRatio = rates.get(3).percentile(50) / MILLION;
            report.put("flows", FLOWS)
                    .put("normalFramesPerCpuSecond", rates.get(0).percentile(50))
                    .put("knownHashByNormal", codeRatio)
                    .put("simpleHashByNormal", habitRatio)
                    .put("knownSecretByNormal", secretRatio);
            report.floor("knownHash", codeRatio >= LEAST, "chosen by the code at least 80 % of normal: " + codeRatio);
            report.floor(
                    "simpleHash",
                    habitRatio >= LEAST,
                    "chosen for usual hashes at least 80 % of normal: " + habitRatio);
            // Else it would not be shown that those chosen do collide.
            report.floor(
                    "choice",
                    secretRatio < codeRatio,
                    "chosen in the same way with the secret, slower: " + secretRatio);
            long fewest =
                    all.stream().mapToLong(DatagramFlows::fewestAtOnce).min().orElse(0);
            report.floor("allKept", fewest == FLOWS, "all flows were in the table at once: " + fewest);
            Ledgers.floor(report, known);
        }
    }

    private static DatagramFlows flows(PlainGateway gateway, Choice choice) throws Exception {
        gateway.apply(Policies.permitAll());
        long[] sources = new long[FLOWS];
        int found = 0;
        for (int address = FIRST_ADDRESS; found < FLOWS; address++) {
            for (int port = FIRST_PORT; port < 65_536 && found < FLOWS; port++) {
                if (choice.isWanted(address, port)) {
                    sources[found++] = (address & 0xFFFF_FFFFL) << 16 | port;
                }
            }
        }
        return new DatagramFlows(gateway, sources);
    }

    /** As the flow's key has it: the lower address first, ports, protocol and IP version in one word, no VLAN. */
    private static long hash(KeyedHash hash, int address, int port) {
        long rest = port | (long) DatagramFlows.PORT << 17 | 17L << 34 | 4L << 42;
        return hash.hash(0, address & 0xFFFF_FFFFL, 0, DatagramFlows.SERVER & 0xFFFF_FFFFL, rest, 0) & EQUAL_BITS;
    }
}
