package io.sallyport.callout.testkit.gateway;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Both ends of a TCP connection through the gateway. Each acknowledges what arrives, answers to the address that it sees, and
 * keeps what it has received in order: what the callout let through, in the version that it let through. Nothing is sent
 * again, and no end minds the other's window: at most 64 KiB should wait for a callout.
 */
public final class TcpConnection {
    private static final int SEGMENT_BYTES = 1_400;
    private static final int CLIENT_BEGIN = 1_000;
    private static final int SERVER_BEGIN = 500_000;

    /** What an end has to say, and by which port it goes in. */
    record Answer(Side side, Packet packet) {}

    private final TestGateway gateway;
    private final TcpEnd client;
    private final TcpEnd server;
    private boolean isRefused;
    private Outcome opening = Outcome.together(List.of());

    TcpConnection(TestGateway gateway, String clientAddress, int clientPort, String serverAddress, int serverPort) {
        this.gateway = gateway;
        client = new TcpEnd(Side.LAN, clientAddress, clientPort, serverAddress, serverPort, CLIENT_BEGIN);
        server = new TcpEnd(Side.WAN, serverAddress, serverPort, clientAddress, clientPort, SERVER_BEGIN);
    }

    void handshake() {
        opening = say(client, Packet.SYN, new byte[0]);
    }

    /** True if the frame is for one of the ends, which has it then. */
    boolean take(EmittedFrame frame) {
        FrameHeaders headers = frame.headers();
        if (!headers.isTcp()) {
            return false;
        }
        if (frame.side() == Side.LAN) {
            return client.isTarget(headers) && client.isFromPeer(headers) && client.accept(frame);
        }
        if (!server.isTarget(headers)) {
            if (!client.isSource(headers)) {
                return false;
            }
            server.moveTo(headers); // redirected: another server answers
        }
        server.answersTo(headers);
        return server.accept(frame);
    }

    /** What the ends have to say since they were asked last. */
    List<Answer> answers() {
        List<Answer> answers = new ArrayList<>();
        for (TcpEnd end : List.of(client, server)) {
            Packet owed = end.owed();
            if (owed != null) {
                answers.add(new Answer(end.side, owed));
            }
        }
        return answers;
    }

    private Outcome say(TcpEnd end, int flags, byte[] data) {
        Outcome outcome = gateway.frame(end.side, end.segment(flags, data).frame());
        isRefused |= outcome.drop() != null;
        return outcome;
    }

    private Outcome send(TcpEnd end, byte[] data) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int at = 0; at < data.length; at += SEGMENT_BYTES) {
            int to = Math.min(data.length, at + SEGMENT_BYTES);
            outcomes.add(say(end, Packet.ACK | Packet.PSH, Arrays.copyOfRange(data, at, to)));
        }
        return Outcome.together(outcomes);
    }

    /**
     * The client sends.
     *
     * @param data in segments of 1,400 bytes at most
     * @return what came of the segments, a verdict for each
     */
    public Outcome client(byte[] data) {
        return send(client, data);
    }

    /**
     * The client sends a text.
     *
     * @param text in UTF-8
     * @return what came of the segments, a verdict for each
     */
    public Outcome client(String text) {
        return client(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The server sends.
     *
     * @param data in segments of 1,400 bytes at most
     * @return what came of the segments, a verdict for each
     */
    public Outcome server(byte[] data) {
        return send(server, data);
    }

    /**
     * The server sends a text.
     *
     * @param text in UTF-8
     * @return what came of the segments, a verdict for each
     */
    public Outcome server(String text) {
        return server(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Both ends finish, the client first.
     *
     * @return what came of the two segments
     */
    public Outcome close() {
        return Outcome.together(List.of(
                say(client, Packet.FIN | Packet.ACK, new byte[0]), say(server, Packet.FIN | Packet.ACK, new byte[0])));
    }

    /**
     * The client resets the connection.
     *
     * @return what came of the segment
     */
    public Outcome reset() {
        return say(client, Packet.RST | Packet.ACK, new byte[0]);
    }

    /**
     * Tells whether the handshake came through, and no reset since.
     *
     * @return as both ends see it
     */
    public boolean isOpen() {
        return client.isConnected && server.isConnected && !client.isReset && !server.isReset;
    }

    /**
     * Tells whether both ends have seen the other's end, with all that came before it.
     *
     * @return true after {@link #close}, if everything was let through
     */
    public boolean isFinished() {
        return client.isFinished && server.isFinished;
    }

    /**
     * Tells whether something of it was dropped with an event, or an end was reset.
     *
     * @return true: nobody can say that it was not told
     */
    public boolean isRefused() {
        return isRefused || client.isReset || server.isReset;
    }

    /**
     * What came of the handshake.
     *
     * @return of the SYN, with everything that followed from it
     */
    public Outcome opening() {
        return opening;
    }

    /**
     * Who opened it.
     *
     * @return address and port, as events have it
     */
    public String client() {
        return client.name();
    }

    /**
     * What the server has received.
     *
     * @return in order, without gaps
     */
    public byte[] serverReceived() {
        return server.received.toByteArray();
    }

    /**
     * What the server has received, as text.
     *
     * @return in UTF-8
     */
    public String serverText() {
        return server.received.toString(StandardCharsets.UTF_8);
    }

    /**
     * What the client has received.
     *
     * @return in order, without gaps
     */
    public byte[] clientReceived() {
        return client.received.toByteArray();
    }

    /**
     * What the client has received, as text.
     *
     * @return in UTF-8
     */
    public String clientText() {
        return client.received.toString(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "the connection " + client.name() + " > " + server.name();
    }
}
