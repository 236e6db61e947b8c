package io.sallyport.bench.plugins;

import io.sallyport.bench.frames.Frame;

/** What two ends of open TCP connections say to each other, and a datagram between them; frames by hand. Immutable. */
final class Connections {
    /** What a segment carries. */
    static final byte[] TEXT =
            "a hundred bytes of an open connection that sends a little now and then, and is acknowledged for it.."
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    /** Where probes come from and go to. */
    static final int PROBE_PORT = 7_777;

    static final int FIRST_CLIENT_SEQ = 1_000;
    static final int FIRST_SERVER_SEQ = 7_000_000;
    private static final int FIRST_CLIENT = 0xC0A8_0000;
    private static final int SERVER = 0xCB00_7109;
    private static final int SERVER_PORT = 80;
    private static final int PORTS_EACH = 1_000;
    private static final int FIRST_PORT = 20_000;
    private static final byte[] NOTHING = {};

    private Connections() {}

    /** The number of the connection that a client's address and port belong to. */
    static int number(int client, int port) {
        return (client - FIRST_CLIENT) * PORTS_EACH + port - FIRST_PORT;
    }

    static Frame fromClient(Frame frame, int connection, int seq, int ack, int flags, boolean isData) {
        return frame.tcp(
                client(connection), port(connection), SERVER, SERVER_PORT, seq, ack, flags, isData ? TEXT : NOTHING);
    }

    static Frame fromServer(Frame frame, int connection, int seq, int ack, int flags) {
        return frame.tcp(SERVER, SERVER_PORT, client(connection), port(connection), seq, ack, flags, NOTHING);
    }

    static Frame probe(Frame frame, byte[] payload) {
        return frame.udp(FIRST_CLIENT + 0xFFFE, PROBE_PORT, SERVER, PROBE_PORT, payload);
    }

    private static int client(int connection) {
        return FIRST_CLIENT + connection / PORTS_EACH;
    }

    private static int port(int connection) {
        return FIRST_PORT + connection % PORTS_EACH;
    }
}
