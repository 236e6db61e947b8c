package io.sallyport.bench.throughput;

import io.sallyport.bench.lab.Commands;
import io.sallyport.bench.lab.Lab;
import io.sallyport.bench.net.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * lan - box - wan, where the box is the kernel's bridge or the gateway. Offloads are off at all four ends, neighbours are
 * known. What the generator sends, UDP to or from port 9, the far end counts and drops before its own
 * stack.
 */
final class BridgeLab {
    static final String LAN4 = "192.0.2.10";
    static final String WAN4 = "192.0.2.20";
    static final int SINK_PORT = 9;

    final NetworkNamespace lan;
    final NetworkNamespace box;
    final NetworkNamespace wan;
    final long lanMac;
    final long wanMac;
    private final Lab lab;

    BridgeLab(Lab lab) throws IOException, InterruptedException {
        this.lab = lab;
        lan = lab.namespace("lan");
        box = lab.namespace("box");
        wan = lab.namespace("wan");
        lab.link(lan, "eth0", box, "lan0");
        lab.link(wan, "eth0", box, "wan0");
        for (NetworkNamespace host : new NetworkNamespace[] {lan, box, wan}) {
            lab.exec(host, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");
        }
        lab.addresses(lan, "eth0", LAN4 + "/24");
        lab.addresses(wan, "eth0", WAN4 + "/24");
        String lanText = lab.mac(lan, "eth0");
        String wanText = lab.mac(wan, "eth0");
        lab.in(lan, "neigh", "replace", WAN4, "lladdr", wanText, "dev", "eth0", "nud", "permanent");
        lab.in(wan, "neigh", "replace", LAN4, "lladdr", lanText, "dev", "eth0", "nud", "permanent");
        lanMac = number(lanText);
        wanMac = number(wanText);
        sink(lan);
        sink(wan);
    }

    private static long number(String mac) {
        return Long.parseLong(mac.replace(":", ""), 16);
    }

    private void sink(NetworkNamespace host) throws IOException, InterruptedException {
        Path rules = Files.writeString(lab.folder().resolve("sink.nft"), """
                table netdev sink {
                  chain in {
                    type filter hook ingress device eth0 priority 0; policy accept;
                    udp dport 9 drop
                    udp sport 9 drop
                  }
                }
                """);
        lab.exec(host, "nft", "-f", rules.toString());
    }

    /** Makes the box a bridge. */
    void bridge() throws IOException, InterruptedException {
        lab.in(box, "link", "add", "br0", "type", "bridge", "forward_delay", "0");
        for (String port : new String[] {"lan0", "wan0"}) {
            lab.in(box, "link", "set", port, "master", "br0");
        }
        lab.in(box, "link", "set", "br0", "up");
        Commands.Outcome outcome = null;
        for (int i = 0; i < 50 && (outcome == null || outcome.code() != 0); i++) {
            outcome = Commands.tryRun(5, Lab.inside(lan, "ping", "-c", "1", "-W", "0.2", WAN4));
        }
        if (outcome == null || outcome.code() != 0) {
            throw new IOException("the bridge does not forward");
        }
    }

    /** Takes the bridge away. */
    void unbridge() throws IOException, InterruptedException {
        lab.in(box, "link", "del", "br0");
    }
}
