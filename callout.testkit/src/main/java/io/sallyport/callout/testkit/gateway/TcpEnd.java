package io.sallyport.callout.testkit.gateway;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One end of a {@link TcpConnection}. */
final class TcpEnd {
    final Side side;
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    boolean isConnected;
    boolean isReset;
    boolean isFinished;

    private String address;
    private int port;
    private String peer;
    private int peerPort;
    private int sendNext;
    private int receiveNext;
    /** Flags of the segment that it owes, 0 for none. */
    private int owed;
    /** What came too early, by its number. */
    private final Map<Integer, byte[]> early = new HashMap<>();

    TcpEnd(Side side, String address, int port, String peer, int peerPort, int sendNext) {
        this.side = side;
        this.address = FrameHeaders.hostText(Packet.address(address));
        this.port = port;
        this.peer = FrameHeaders.hostText(Packet.address(peer));
        this.peerPort = peerPort;
        this.sendNext = sendNext;
    }

    boolean isTarget(FrameHeaders headers) {
        return headers.destinationPort() == port
                && FrameHeaders.hostText(headers.destinationAddress).equals(address);
    }

    boolean isSource(FrameHeaders headers) {
        return headers.sourcePort() == port
                && FrameHeaders.hostText(headers.sourceAddress).equals(address);
    }

    boolean isFromPeer(FrameHeaders headers) {
        return headers.sourcePort() == peerPort
                && FrameHeaders.hostText(headers.sourceAddress).equals(peer);
    }

    String name() {
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
    }

    /** It is somewhere else. */
    void moveTo(FrameHeaders headers) {
        address = FrameHeaders.hostText(headers.destinationAddress);
        port = headers.destinationPort();
    }

    /** It answers to whom it sees, which a callout may have translated. */
    void answersTo(FrameHeaders headers) {
        peer = FrameHeaders.hostText(headers.sourceAddress);
        peerPort = headers.sourcePort();
    }

    Packet segment(int flags, byte[] data) {
        Packet packet = Packet.tcp(address, port, peer, peerPort)
                .segment(flags, sendNext, (flags & Packet.ACK) == 0 ? 0 : receiveNext)
                .payload(data);
        sendNext += data.length + ((flags & (Packet.SYN | Packet.FIN)) == 0 ? 0 : 1);
        return packet;
    }

    @Nullable Packet owed() {
        int flags = owed;
        owed = 0;
        return flags == 0 ? null : segment(flags, new byte[0]);
    }

    /** Always true, for the caller's ease. */
    boolean accept(EmittedFrame frame) {
        FrameHeaders headers = frame.headers();
        int flags = headers.flags();
        if ((flags & Packet.RST) != 0) {
            isReset = true;
        } else if ((flags & Packet.SYN) != 0) {
            receiveNext = headers.sequence() + 1;
            boolean isAnswer = (flags & Packet.ACK) != 0;
            isConnected |= isAnswer;
            owed = isAnswer ? Packet.ACK : Packet.SYN | Packet.ACK;
        } else {
            isConnected = true;
            data(headers.sequence(), frame.payload(), (flags & Packet.FIN) != 0);
        }
        return true;
    }

    private void data(int sequence, byte[] data, boolean isLast) {
        if (data.length == 0 && !isLast) {
            return;
        }
        owed = Packet.ACK;
        int ahead = sequence - receiveNext;
        if (ahead > 0) {
            early.put(sequence, data); // a FIN that comes early is sent again by nobody here
            return;
        }
        if (-ahead > data.length) {
            return;
        }
        append(Arrays.copyOfRange(data, -ahead, data.length));
        for (byte[] next = early.remove(receiveNext); next != null; next = early.remove(receiveNext)) {
            append(next);
        }
        if (isLast) {
            receiveNext++;
            isFinished = true;
        }
    }

    private void append(byte[] data) {
        received.writeBytes(data);
        receiveNext += data.length;
    }
}
