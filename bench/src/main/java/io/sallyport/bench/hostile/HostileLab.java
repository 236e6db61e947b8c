package io.sallyport.bench.hostile;

import io.sallyport.bench.lab.Lab;
import io.sallyport.bench.net.NetworkNamespace;
import io.sallyport.bench.relay.Mischief.Rates;
import io.sallyport.bench.relay.Relay;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * client - [relay] - gateway - [relay] - server: one subnet, a relay on either side or on both. The gateway itself is not
 * started here.
 */
final class HostileLab {
    static final String SERVER4 = "192.0.2.20";
    static final String SERVER6 = "2001:db8::20";
    private static final String CLIENT4 = "192.0.2.10";
    private static final String CLIENT6 = "2001:db8::10";
    private static final long END_MS = 2_000;
    /**
     * A FIN is acknowledged end to end, so its sender repeats it, once a second, for as long as the gateway delivers what it has
     * acknowledged before.
     */
    private static final int GIVE_UP_TRIES = 250;

    private record RunningRelay(Relay relay, Thread thread) {}

    /** Where the bad link is. */
    enum Place {
        /** Between client and gateway. */
        LAN,
        /** Between gateway and server. */
        WAN,
        /** On both sides. */
        BOTH
    }

    final NetworkNamespace client;
    final NetworkNamespace gateway;
    final NetworkNamespace server;
    private final Lab lab;
    private final Map<String, RunningRelay> relays = new LinkedHashMap<>();

    HostileLab(Lab lab, Place place, Rates rates, long seed) throws IOException, InterruptedException {
        this.lab = lab;
        client = lab.namespace("client");
        gateway = lab.namespace("gateway");
        server = lab.namespace("server");
        if (place == Place.WAN) {
            lab.link(client, "eth0", gateway, "lan0");
        } else {
            relayed("lan", client, "lan0", rates, seed);
        }
        if (place == Place.LAN) {
            lab.link(server, "eth0", gateway, "wan0");
        } else {
            relayed("wan", server, "wan0", rates, seed + 1);
        }
        lab.addresses(client, "eth0", CLIENT4 + "/24", CLIENT6 + "/64");
        lab.addresses(server, "eth0", SERVER4 + "/24", SERVER6 + "/64");
        tune(client, server, SERVER4, SERVER6);
        tune(server, client, CLIENT4, CLIENT6);
    }

    private void relayed(String side, NetworkNamespace host, String gatewayPort, Rates rates, long seed)
            throws IOException, InterruptedException {
        NetworkNamespace between = lab.namespace(side + "-relay");
        lab.link(host, "eth0", between, "r0");
        lab.link(between, "r1", gateway, gatewayPort);
        Relay relay = new Relay("r0", "r1", rates, seed);
        Thread thread = between.start("relay-" + side, relay::run);
        relays.put(side, new RunningRelay(relay, thread));
        while (!relay.isRunning()) {
            if (!thread.isAlive()) {
                throw new IOException("the relay did not start");
            }
            Thread.sleep(5);
        }
    }

    /**
     * An end host for such a link. Neighbours are known, so that no frame waits for an answer that is lost; a lost segment is
     * sent again after 5 ms, not 200; the back-off ends at a second; a lost SYN does not count as no server.
     */
    private void tune(NetworkNamespace host, NetworkNamespace peer, String peer4, String peer6)
            throws IOException, InterruptedException {
        String mac = lab.mac(peer, "eth0");
        lab.in(host, "neigh", "replace", peer4, "lladdr", mac, "dev", "eth0", "nud", "permanent");
        lab.in(host, "neigh", "replace", peer6, "lladdr", mac, "dev", "eth0", "nud", "permanent");
        lab.in(host, "route", "add", peer4 + "/32", "dev", "eth0", "rto_min", "5ms");
        lab.in(host, "-6", "route", "add", peer6 + "/128", "dev", "eth0", "rto_min", "5ms");
        set(host, "tcp_rto_max_ms", 1000);
        set(host, "tcp_syn_retries", 12);
        set(host, "tcp_synack_retries", 12);
        set(host, "tcp_orphan_retries", GIVE_UP_TRIES);
        set(host, "tcp_retries2", GIVE_UP_TRIES);
    }

    /** Older kernels lack some of these: then transfers take longer. */
    private void set(NetworkNamespace host, String name, int value) throws IOException, InterruptedException {
        lab.exec(host, "sh", "-c", "echo " + value + " > /proc/sys/net/ipv4/" + name + " 2> /dev/null || true");
    }

    /** Ends the relays; tells what they did. */
    Map<String, Object> stopRelays() throws InterruptedException {
        Map<String, Object> figures = new LinkedHashMap<>();
        for (Map.Entry<String, RunningRelay> entry : relays.entrySet()) {
            RunningRelay running = entry.getValue();
            running.relay.stop();
            running.thread.join(END_MS);
            figures.put(entry.getKey(), running.relay.figures());
        }
        return figures;
    }
}
