package io.sallyport.bench.hostile;

import io.sallyport.bench.lab.Lab;
import io.sallyport.bench.net.NetworkNamespace;
import java.io.IOException;

/**
 * client - gateway - near router - far router - server, with a link between the routers that carries less than all others.
 * So neither end knows the path's MTU, and the near router must tell it.
 */
final class RoutedLab {
    static final int NARROW_MTU = 1_400;
    static final String SERVER4 = "203.0.113.20";
    static final String SERVER6 = "2001:db8:2::20";
    static final String NEAR4 = "192.0.2.1";
    static final String NEAR6 = "2001:db8::1";
    static final String FAR4 = "198.51.100.2";
    static final String FAR6 = "2001:db8:1::2";

    final NetworkNamespace client;
    final NetworkNamespace gateway;
    final NetworkNamespace server;

    RoutedLab(Lab lab) throws IOException, InterruptedException {
        client = lab.namespace("client");
        gateway = lab.namespace("gateway");
        server = lab.namespace("server");
        NetworkNamespace near = lab.namespace("near");
        NetworkNamespace far = lab.namespace("far");
        lab.link(client, "eth0", gateway, "lan0");
        lab.link(near, "in0", gateway, "wan0");
        lab.link(near, "out0", far, "in0");
        lab.link(far, "out0", server, "eth0");
        lab.in(near, "link", "set", "out0", "mtu", Integer.toString(NARROW_MTU));
        lab.in(far, "link", "set", "in0", "mtu", Integer.toString(NARROW_MTU));
        lab.addresses(client, "eth0", "192.0.2.10/24", "2001:db8::10/64");
        lab.addresses(near, "in0", NEAR4 + "/24", NEAR6 + "/64");
        lab.addresses(near, "out0", "198.51.100.1/24", "2001:db8:1::1/64");
        lab.addresses(far, "in0", FAR4 + "/24", FAR6 + "/64");
        lab.addresses(far, "out0", "203.0.113.1/24", "2001:db8:2::1/64");
        lab.addresses(server, "eth0", SERVER4 + "/24", SERVER6 + "/64");
        for (NetworkNamespace router : new NetworkNamespace[] {near, far}) {
            lab.exec(router, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        }
        routes(lab, client, NEAR4, NEAR6);
        routes(lab, near, FAR4, FAR6);
        routes(lab, far, "198.51.100.1", "2001:db8:1::1");
        routes(lab, server, "203.0.113.1", "2001:db8:2::1");
    }

    private static void routes(Lab lab, NetworkNamespace host, String via4, String via6)
            throws IOException, InterruptedException {
        lab.in(host, "route", "add", "default", "via", via4);
        lab.in(host, "-6", "route", "add", "default", "via", via6);
    }
}
