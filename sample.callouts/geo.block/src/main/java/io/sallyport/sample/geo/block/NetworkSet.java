package io.sallyport.sample.geo.block;

import io.sallyport.sample.nets.IpNetwork;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A set of networks, asked for one address. Networks that overlap are one range, so that ranges are disjoint and in
 * order: a binary search finds the only one that could hold an address. For IPv4 an index by the upper 16 bits leaves that
 * search the few ranges that begin there. Nothing is allocated by asking. Immutable.
 *
 * <p>2 times 4 bytes for an IPv4 range, 32 for an IPv6 one, and 256 KiB for the index.
 */
final class NetworkSet {

    private static final int BLOCKS = 1 << 16;

    private static final NetworkSet EMPTY = new NetworkSet(List.of());

    /** Ranges of IPv4 in order; the ints are unsigned. */
    private final int[] first4;

    private final int[] last4;

    /** For each upper half of an address how many ranges begin below it, one entry more at the end. */
    private final int[] begins4;

    /** Ranges of IPv6 in order: upper and lower half of the first address, of the last one. */
    private final long[] ranges6;

    private final int count6;

    NetworkSet(List<IpNetwork> networks) {
        long[] pairs = networks.stream()
                .filter(network -> !network.first().isIpv6())
                .mapToLong(
                        network -> network.first().low() << 32 | network.last().low())
                .sorted() // By sign: what begins above 127 comes first. Put right by the merge.
                .toArray();
        int[] firsts = new int[pairs.length];
        int[] lasts = new int[pairs.length];
        int count = merge4(pairs, firsts, lasts);
        first4 = Arrays.copyOf(firsts, count);
        last4 = Arrays.copyOf(lasts, count);
        begins4 = index(first4);
        ranges6 =
                new long[(int) networks.stream().filter(n -> n.first().isIpv6()).count() * 4];
        count6 = merge6(
                networks.stream()
                        .filter(network -> network.first().isIpv6())
                        .sorted(Comparator.comparing(
                                IpNetwork::first, (a, b) -> compare(a.high(), a.low(), b.high(), b.low())))
                        .toList(),
                ranges6);
    }

    static NetworkSet empty() {
        return EMPTY;
    }

    private static int merge4(long[] signedOrder, int[] firsts, int[] lasts) {
        int negative = 0;
        while (negative < signedOrder.length && signedOrder[negative] < 0) {
            negative++;
        }
        int count = 0;
        for (int i = 0; i < signedOrder.length; i++) {
            long pair = signedOrder[(i + negative) % signedOrder.length];
            long first = pair >>> 32;
            long last = pair & 0xFFFF_FFFFL;
            if (count > 0 && first <= Integer.toUnsignedLong(lasts[count - 1]) + 1) {
                lasts[count - 1] = (int) Math.max(last, Integer.toUnsignedLong(lasts[count - 1]));
            } else {
                firsts[count] = (int) first;
                lasts[count++] = (int) last;
            }
        }
        return count;
    }

    private static int[] index(int[] firsts) {
        int[] begins = new int[BLOCKS + 1];
        int range = 0;
        for (int block = 0; block < BLOCKS; block++) {
            begins[block] = range;
            while (range < firsts.length && firsts[range] >>> 16 == block) {
                range++;
            }
        }
        begins[BLOCKS] = range;
        return begins;
    }

    private static int merge6(List<IpNetwork> sorted, long[] ranges) {
        int count = 0;
        for (IpNetwork network : sorted) {
            long lastHigh = network.last().high();
            long lastLow = network.last().low();
            int before = 4 * (count - 1);
            if (count > 0
                    && compare(network.first().high(), network.first().low(), ranges[before + 2], ranges[before + 3])
                            <= 0) {
                if (compare(lastHigh, lastLow, ranges[before + 2], ranges[before + 3]) > 0) {
                    ranges[before + 2] = lastHigh;
                    ranges[before + 3] = lastLow;
                }
                continue;
            }
            int at = 4 * count++;
            ranges[at] = network.first().high();
            ranges[at + 1] = network.first().low();
            ranges[at + 2] = lastHigh;
            ranges[at + 3] = lastLow;
        }
        return count;
    }

    /**
     * Tells whether an IPv4 address is in one of the networks.
     *
     * @param address in host order
     * @return true if it is
     */
    boolean contains4(int address) {
        int block = address >>> 16;
        int low = begins4[block];
        int high = begins4[block + 1];
        while (low < high) { // The number of ranges that begin at or below the address.
            int middle = (low + high) >>> 1;
            if (Integer.compareUnsigned(first4[middle], address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low > 0 && Integer.compareUnsigned(address, last4[low - 1]) <= 0;
    }

    /**
     * Tells whether an IPv6 address is in one of the networks.
     *
     * @param addressHigh bytes 0..7
     * @param addressLow bytes 8..15
     * @return true if it is
     */
    boolean contains6(long addressHigh, long addressLow) {
        int low = 0;
        int high = count6;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(ranges6[4 * middle], ranges6[4 * middle + 1], addressHigh, addressLow) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        int at = 4 * (low - 1);
        return low > 0 && compare(addressHigh, addressLow, ranges6[at + 2], ranges6[at + 3]) <= 0;
    }

    private static int compare(long aHigh, long aLow, long bHigh, long bLow) {
        int high = Long.compareUnsigned(aHigh, bHigh);
        return high != 0 ? high : Long.compareUnsigned(aLow, bLow);
    }

    /** How many disjoint ranges there are. */
    int size() {
        return first4.length + count6;
    }
}
