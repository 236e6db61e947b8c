package io.sallyport.callout.testkit.conformance;

import io.sallyport.callout.testkit.gateway.Packet;
import io.sallyport.callout.testkit.gateway.TcpConnection;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A little of everything; the same each time. */
final class StandardTraffic {
    static final List<Integer> PORTS = List.of(80, 443, 53, 25, 9_999);

    private static final String HOST4 = "192.0.2.10";
    private static final String SERVER4 = "203.0.113.9";
    private static final String HOST6 = "2001:db8:1::9";
    private static final String SERVER6 = "2001:db8:2::9";
    private static final int FIRST_PORT = 20_000;
    private static final int MUTATIONS = 120;
    private static final long SEED = 7;

    private StandardTraffic() {}

    /** Connections that stay open, and datagrams. */
    static void send(TestGateway gateway) {
        int port = FIRST_PORT;
        for (int remote : PORTS) {
            for (boolean isV6 : new boolean[] {false, true}) {
                String host = isV6 ? HOST6 : HOST4;
                String server = isV6 ? SERVER6 : SERVER4;
                TcpConnection connection = gateway.connect(host, port++, server, remote);
                connection.client(request(remote));
                connection.server(answer(remote));
                gateway.lan(Packet.udp(host, port++, server, remote).payload(message(remote)));
                gateway.wan(Packet.udp(server, remote, host, port - 1).payload(message(remote)));
                gateway.wan(Packet.tcp(server, port++, host, remote));
                gateway.wan(Packet.udp(server, port++, host, remote).payload(message(remote)));
            }
        }
        gateway.lan(Packet.icmp(HOST4, SERVER4, 8, 0), Packet.icmp(HOST6, SERVER6, 128, 0));
        gateway.wan(Packet.icmp(SERVER4, HOST4, 0, 0));
        gateway.lan(Packet.ip(HOST4, SERVER4, 89).payload("another protocol"));
        gateway.advance(Duration.ofMillis(100));
    }

    /** The same bytes, cut and bent. */
    static void sendNonsense(TestGateway gateway) {
        Random random = new Random(SEED);
        int port = FIRST_PORT;
        for (int i = 0; i < MUTATIONS; i++) {
            int remote = PORTS.get(i % PORTS.size());
            boolean isV6 = i % 3 == 0;
            String host = isV6 ? HOST6 : HOST4;
            String server = isV6 ? SERVER6 : SERVER4;
            gateway.lan(
                    Packet.udp(host, FIRST_PORT + 10_000 + i, server, remote).payload(bent(message(remote), random)));
            TcpConnection connection = gateway.connect(host, port++, server, remote);
            connection.client(bent(request(remote), random));
            connection.server(bent(answer(remote), random));
            if (i % 2 == 0) {
                connection.close();
            } else {
                connection.reset();
            }
        }
    }

    private static byte[] bent(byte[] bytes, Random random) {
        byte[] copy = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        for (int i = random.nextInt(8); i > 0 && copy.length > 0; i--) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt();
        }
        return copy;
    }

    private static byte[] request(int port) {
        return switch (port) {
            case 53 -> withLength(message(53));
            case 443 -> clientHello();
            case 25 -> bytes("EHLO host.example\r\n");
            default -> bytes("POST /colour HTTP/1.1\r\nHost: www.example.org\r\nContent-Length: 5\r\n\r\nhello");
        };
    }

    private static byte[] answer(int port) {
        return switch (port) {
            case 53 -> withLength(message(53));
            case 443 -> new byte[] {22, 3, 3, 0, 4, 14, 0, 0, 0};
            case 25 -> bytes("250 mail.example\r\n");
            default -> bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ncolour\r\n0\r\n\r\n");
        };
    }

    private static byte[] message(int port) {
        if (port != 53) {
            return bytes("beacon: hello");
        }
        ByteArrayOutputStream query = new ByteArrayOutputStream();
        query.writeBytes(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        query.writeBytes(bytes("\u0003www\u0007example\u0003org\0"));
        query.writeBytes(new byte[] {0, 1, 0, 1});
        return query.toByteArray();
    }

    /** TLS 1.2, with a server's name. */
    private static byte[] clientHello() {
        byte[] name = bytes("www.example.org");
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(new byte[] {3, 3});
        body.writeBytes(new byte[32]);
        body.writeBytes(new byte[] {0, 0, 2, 0x13, 1, 1, 0});
        body.writeBytes(new byte[] {0, (byte) (name.length + 9), 0, 0, 0, (byte) (name.length + 5)});
        body.writeBytes(new byte[] {0, (byte) (name.length + 3), 0, 0, (byte) name.length});
        body.writeBytes(name);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(new byte[] {22, 3, 1, 0, (byte) (body.size() + 4), 1, 0, 0, (byte) body.size()});
        record.writeBytes(body.toByteArray());
        return record.toByteArray();
    }

    private static byte[] withLength(byte[] message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {(byte) (message.length >> 8), (byte) message.length});
        bytes.writeBytes(message);
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
