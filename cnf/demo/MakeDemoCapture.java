import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes the capture that the demo replays: {@code java MakeDemoCapture.java demo.pcap}. Always the same bytes.
 *
 * <p>Client 192.168.1.9 / 2001:db8:1::9 is inside, the servers 203.0.113.9 / 2001:db8:2::9 and the name server
 * 203.0.113.53 are outside. In order: ARP, a DNS question with its answer, a harmless HTTP exchange over IPv4, one that
 * carries the forbidden word cut over two segments, a datagram with the word, a harmless one, a harmless HTTP exchange
 * over IPv6, and a datagram with a VLAN tag.
 */
class MakeDemoCapture {
    static final String WORD = "EVILPAYLOAD";

    static final byte[] CLIENT_MAC = {2, 0, 0, 0, 0, 9};
    static final byte[] ROUTER_MAC = {2, 0, 0, 0, 0, 1};
    static final byte[] BROADCAST = {-1, -1, -1, -1, -1, -1};
    static final int ARP = 0x0806, IPV4 = 0x0800, IPV6 = 0x86DD, VLAN = 0x8100;
    static final int TCP = 6, UDP = 17;
    static final int FIN = 1, SYN = 2, PSH = 8, ACK = 16;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private int frames;
    private int ipIds;

    public static void main(String[] args) throws IOException {
        Files.write(Path.of(args[0]), new MakeDemoCapture().capture());
    }

    private byte[] capture() throws IOException {
        file.write(littleEndian(24).putInt(0xA1B2C3D4).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0)
                .putInt(65535).putInt(1).array());
        arp();
        dns();
        http("192.168.1.9", 40080, "203.0.113.9", "/hello", "Good morning, gateway");
        evilUpload();
        datagram("192.168.1.9", 40090, "203.0.113.9", 9999, "note: " + WORD + " inside");
        datagram("192.168.1.9", 40091, "203.0.113.9", 9999, "note: nothing to worry about");
        http("2001:db8:1::9", 40082, "2001:db8:2::9", "/hello6", "Good morning over six");
        vlanDatagram();
        return file.toByteArray();
    }

    // ---- the scenes

    private void arp() throws IOException {
        byte[] client = address("192.168.1.9");
        byte[] router = address("192.168.1.1");
        byte[] nobody = new byte[6];
        frame(BROADCAST, CLIENT_MAC, ARP, arpBody(1, CLIENT_MAC, client, nobody, router));
        frame(CLIENT_MAC, ROUTER_MAC, ARP, arpBody(2, ROUTER_MAC, router, CLIENT_MAC, client));
    }

    private static byte[] arpBody(int operation, byte[] fromMac, byte[] from, byte[] toMac, byte[] to) {
        return ByteBuffer.allocate(46).putShort((short) 1).putShort((short) IPV4).put((byte) 6).put((byte) 4)
                .putShort((short) operation).put(fromMac).put(from).put(toMac).put(to).array();
    }

    private void dns() throws IOException {
        byte[] question = bytes(name("www", "example", "com"), new byte[] {0, 1, 0, 1});
        byte[] answer = bytes(new byte[] {(byte) 0xC0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4}, address("203.0.113.9"));
        byte[] ask = bytes(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}, question);
        byte[] reply = bytes(new byte[] {0x12, 0x34, (byte) 0x81, (byte) 0x80, 0, 1, 0, 1, 0, 0, 0, 0}, question, answer);
        udp("192.168.1.9", 40053, "203.0.113.53", 53, ask);
        udp("203.0.113.53", 53, "192.168.1.9", 40053, reply);
    }

    private static byte[] name(String... labels) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String label : labels) {
            out.write(label.length());
            out.write(text(label));
        }
        out.write(0);
        return out.toByteArray();
    }

    private void http(String client, int port, String server, String path, String body) throws IOException {
        Conversation tcp = new Conversation(client, port, server, 80);
        tcp.open();
        tcp.fromClient(text("GET " + path + " HTTP/1.1\r\nHost: www.example.com\r\n\r\n"));
        tcp.fromServer(text("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
        tcp.close();
    }

    private void evilUpload() throws IOException {
        String body = "data=" + WORD + "&end=1";
        String request = "POST /upload HTTP/1.1\r\nHost: www.example.com\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body;
        int cut = request.indexOf(WORD) + 6;
        Conversation tcp = new Conversation("192.168.1.9", 40081, "203.0.113.9", 80);
        tcp.open();
        tcp.fromClient(text(request.substring(0, cut)));
        tcp.fromClient(text(request.substring(cut)));
        tcp.fromServer(text("HTTP/1.1 204 No Content\r\n\r\n"));
        tcp.close();
    }

    private void datagram(String from, int fromPort, String to, int toPort, String message) throws IOException {
        udp(from, fromPort, to, toPort, text(message));
    }

    private void vlanDatagram() throws IOException {
        byte[] packet = ip("192.168.1.9", "203.0.113.9", UDP, udpSegment("192.168.1.9", 40092, "203.0.113.9", 9998, text("tagged hello")));
        byte[] tag = {0, 7, (byte) (IPV4 >> 8), (byte) IPV4};
        frame(ROUTER_MAC, CLIENT_MAC, VLAN, bytes(tag, packet));
    }

    // ---- TCP with right sequence numbers

    private final class Conversation {
        private final String client, server;
        private final int clientPort, serverPort;
        private int clientSeq = 1000, serverSeq = 5000;

        Conversation(String client, int clientPort, String server, int serverPort) {
            this.client = client;
            this.clientPort = clientPort;
            this.server = server;
            this.serverPort = serverPort;
        }

        void open() throws IOException {
            out(SYN, new byte[0]);
            back(SYN | ACK, new byte[0]);
            out(ACK, new byte[0]);
        }

        void fromClient(byte[] data) throws IOException {
            out(PSH | ACK, data);
            back(ACK, new byte[0]);
        }

        void fromServer(byte[] data) throws IOException {
            back(PSH | ACK, data);
            out(ACK, new byte[0]);
        }

        void close() throws IOException {
            out(FIN | ACK, new byte[0]);
            back(FIN | ACK, new byte[0]);
            out(ACK, new byte[0]);
        }

        private void out(int flags, byte[] data) throws IOException {
            tcp(client, clientPort, server, serverPort, clientSeq, serverSeq, flags, data);
            clientSeq += data.length + ((flags & (SYN | FIN)) != 0 ? 1 : 0);
        }

        private void back(int flags, byte[] data) throws IOException {
            tcp(server, serverPort, client, clientPort, serverSeq, clientSeq, flags, data);
            serverSeq += data.length + ((flags & (SYN | FIN)) != 0 ? 1 : 0);
        }
    }

    private void tcp(String from, int fromPort, String to, int toPort, int seq, int ack, int flags, byte[] data)
            throws IOException {
        byte[] segment = ByteBuffer.allocate(20 + data.length).putShort((short) fromPort).putShort((short) toPort)
                .putInt(seq).putInt((flags & ACK) == 0 ? 0 : ack).put((byte) 0x50).put((byte) flags)
                .putShort((short) 65535).putInt(0).put(data).array();
        setTransportChecksum(segment, 16, from, to, TCP);
        send(from, ip(from, to, TCP, segment));
    }

    // ---- UDP, IP, Ethernet, pcap

    private void udp(String from, int fromPort, String to, int toPort, byte[] data) throws IOException {
        send(from, ip(from, to, UDP, udpSegment(from, fromPort, to, toPort, data)));
    }

    private static byte[] udpSegment(String from, int fromPort, String to, int toPort, byte[] data) throws IOException {
        byte[] segment = ByteBuffer.allocate(8 + data.length).putShort((short) fromPort).putShort((short) toPort)
                .putShort((short) (8 + data.length)).putShort((short) 0).put(data).array();
        setTransportChecksum(segment, 6, from, to, UDP);
        return segment;
    }

    private byte[] ip(String from, String to, int protocol, byte[] payload) throws IOException {
        byte[] source = address(from);
        byte[] target = address(to);
        if (source.length == 16) {
            return bytes(ByteBuffer.allocate(40).putInt(0x60000000).putShort((short) payload.length)
                    .put((byte) protocol).put((byte) 64).put(source).put(target).array(), payload);
        }
        byte[] header = ByteBuffer.allocate(20).put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload.length))
                .putShort((short) ++ipIds).putShort((short) 0x4000).put((byte) 64).put((byte) protocol)
                .putShort((short) 0).put(source).put(target).array();
        ByteBuffer.wrap(header).putShort(10, (short) checksum(header));
        return bytes(header, payload);
    }

    private static void setTransportChecksum(byte[] segment, int at, String from, String to, int protocol)
            throws IOException {
        byte[] lengthAndProtocol =
                ByteBuffer.allocate(8).putInt(segment.length).putInt(protocol).array();
        int sum = checksum(bytes(address(from), address(to), lengthAndProtocol, segment));
        // In UDP a sum of zero would mean "none".
        ByteBuffer.wrap(segment).putShort(at, (short) (sum == 0 && protocol == UDP ? 0xFFFF : sum));
    }

    /** RFC 1071, over a field that still holds zero. */
    private static int checksum(byte[] data) {
        long sum = 0;
        for (int i = 0; i < data.length; i += 2) {
            sum += (data[i] & 0xFF) << 8 | (i + 1 < data.length ? data[i + 1] & 0xFF : 0);
        }
        while (sum >> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (int) ~sum & 0xFFFF;
    }

    private void send(String from, byte[] packet) throws IOException {
        boolean outbound = from.startsWith("192.168.1.") || from.startsWith("2001:db8:1:");
        int type = (packet[0] & 0xF0) == 0x60 ? IPV6 : IPV4;
        frame(outbound ? ROUTER_MAC : CLIENT_MAC, outbound ? CLIENT_MAC : ROUTER_MAC, type, packet);
    }

    /** Padded to Ethernet's minimum; a millisecond after the frame before. */
    private void frame(byte[] to, byte[] from, int type, byte[] payload) throws IOException {
        int length = Math.max(60, 14 + payload.length);
        byte[] bytes = ByteBuffer.allocate(length).put(to).put(from).putShort((short) type).put(payload).array();
        file.write(littleEndian(16).putInt(1_767_225_600).putInt(frames++ * 1000).putInt(length).putInt(length).array());
        file.write(bytes);
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] address(String literal) throws IOException {
        return InetAddress.getByName(literal).getAddress();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(all);
        for (byte[] part : parts) {
            out.write(part);
        }
        return all.toByteArray();
    }
}
