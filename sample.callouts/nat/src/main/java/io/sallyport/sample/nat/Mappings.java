package io.sallyport.sample.nat;

import io.sallyport.sample.nets.KeyedHash;
import java.util.Arrays;

/**
 * Which inside endpoint has which port of the outside address, for one protocol; of ICMP the ports are identifiers. A mapping does
 * not depend on whom the endpoint speaks with (RFC 4787, REQ-1: endpoint-independent), so peers that are told of it can use it.
 *
 * <p>There is one place for each outside port, and no others: arrays by port, and chains by a secret hash of the inside endpoint. A
 * place is free again when it was idle for its time; that is found out when it is needed. Owned by one worker at a time; the callout
 * sees to it. Allocates nothing.
 */
final class Mappings {

    static final int NONE = -1;

    /** Ports below are never given. */
    static final int FIRST = 1_024;

    private static final int PORTS = 1 << 16;
    private static final int MOST_TRIES = 256;
    private static final long NS_PER_SECOND = 1_000_000_000L;

    /** How long a mapping may be idle. */
    record Timeouts(long transitorySeconds, long establishedSeconds) {}

    private final KeyedHash hash;
    private final long transitoryNs;
    private final long establishedNs;

    // By outside port.
    private final int[] address = new int[PORTS];
    private final char[] port = new char[PORTS];
    private final long[] mac = new long[PORTS];
    private final long[] lastNs = new long[PORTS];
    private final boolean[] isUsed = new boolean[PORTS];
    private final boolean[] isEstablished = new boolean[PORTS];
    private final boolean[] isEnding = new boolean[PORTS];
    private final int[] next = new int[PORTS];

    /** By hash: the first outside port of a chain. */
    private final int[] chains = new int[PORTS];

    private int hand = FIRST;
    private int used;

    Mappings(KeyedHash hash, Timeouts timeouts) {
        this.hash = hash;
        transitoryNs = timeouts.transitorySeconds * NS_PER_SECOND;
        establishedNs = timeouts.establishedSeconds * NS_PER_SECOND;
        Arrays.fill(chains, NONE);
    }

    /** The outside port of an inside endpoint, {@link #NONE} if it has none. */
    int find(int insideAddress, int insidePort, long nowNs) {
        for (int at = chains[chain(insideAddress, insidePort)]; at != NONE; at = next[at]) {
            if (address[at] == insideAddress && port[at] == insidePort) {
                return isExpired(at, nowNs) ? NONE : at;
            }
        }
        return NONE;
    }

    /** The outside port of an inside endpoint, its own if nobody has that; {@link #NONE} if no port is free. */
    int findOrMake(int insideAddress, int insidePort, long insideMac, long nowNs) {
        int found = find(insideAddress, insidePort, nowNs);
        int at = found == NONE ? take(insidePort, nowNs) : found;
        if (at == NONE) {
            return NONE;
        }
        if (found == NONE) {
            // An expired mapping of the same endpoint would be found first.
            forget(insideAddress, insidePort);
            address[at] = insideAddress;
            port[at] = (char) insidePort;
            isUsed[at] = true;
            isEstablished[at] = false;
            isEnding[at] = false;
            int chain = chain(insideAddress, insidePort);
            next[at] = chains[chain];
            chains[chain] = at;
            used++;
        }
        mac[at] = insideMac;
        lastNs[at] = nowNs;
        return at;
    }

    /** A port that is free or has become so; not all are tried. */
    private int take(int wanted, long nowNs) {
        if (wanted >= FIRST && isFree(wanted, nowNs)) {
            return wanted;
        }
        for (int i = 0; i < MOST_TRIES; i++) {
            int at = hand;
            hand = hand + 1 == PORTS ? FIRST : hand + 1;
            if (isFree(at, nowNs)) {
                return at;
            }
        }
        return NONE;
    }

    private boolean isFree(int at, long nowNs) {
        if (isUsed[at] && isExpired(at, nowNs)) {
            remove(at);
        }
        return !isUsed[at];
    }

    private void forget(int insideAddress, int insidePort) {
        for (int at = chains[chain(insideAddress, insidePort)]; at != NONE; at = next[at]) {
            if (address[at] == insideAddress && port[at] == insidePort) {
                remove(at);
                return;
            }
        }
    }

    private void remove(int at) {
        int chain = chain(address[at], port[at]);
        if (chains[chain] == at) {
            chains[chain] = next[at];
        } else {
            int before = chains[chain];
            while (next[before] != at) {
                before = next[before];
            }
            next[before] = next[at];
        }
        isUsed[at] = false;
        used--;
    }

    private boolean isExpired(int at, long nowNs) {
        return nowNs - lastNs[at] > (isEstablished[at] ? establishedNs : transitoryNs);
    }

    private int chain(int insideAddress, int insidePort) {
        return (int) (hash.hash(insideAddress, insidePort, 0) >>> 48);
    }

    /** Tells whether an outside port is somebody's now. */
    boolean isMapped(int outsidePort, long nowNs) {
        return isUsed[outsidePort] && !isExpired(outsidePort, nowNs);
    }

    /** The inside address of a mapped outside port. */
    int address(int outsidePort) {
        return address[outsidePort];
    }

    /** The inside port of a mapped outside port. */
    int port(int outsidePort) {
        return port[outsidePort];
    }

    /** The MAC address that the inside endpoint sent from last. */
    long mac(int outsidePort) {
        return mac[outsidePort];
    }

    /**
     * The outside answered: it may be idle for longer. What one side has ended stays so, but for a packet that begins or goes on.
     *
     * @param isMore the packet has payload, or begins a connection
     */
    void establish(int outsidePort, boolean isMore, long nowNs) {
        if (isMore || !isEnding[outsidePort]) {
            isEstablished[outsidePort] = true;
            isEnding[outsidePort] = false;
        }
        lastNs[outsidePort] = nowNs;
    }

    /** One side ends it: it may be idle for the shorter time. */
    void end(int outsidePort, long nowNs) {
        isEstablished[outsidePort] = false;
        isEnding[outsidePort] = true;
        lastNs[outsidePort] = nowNs;
    }

    /** How many ports are taken, also by what is idle for too long and was not noticed yet. */
    int used() {
        return used;
    }
}
