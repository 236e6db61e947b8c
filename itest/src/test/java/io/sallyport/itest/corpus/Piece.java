package io.sallyport.itest.corpus;

import java.util.Arrays;

/** A UDP datagram, or what is known of a TCP stream in one piece. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Piece(int sourcePort, int destinationPort, byte[] payload) {

    static Piece ofUdp(byte[] transport) {
        return new Piece(
                ReferenceStreams.port(transport, 0),
                ReferenceStreams.port(transport, 2),
                Arrays.copyOfRange(transport, 8, transport.length));
    }

    boolean isOn(int port) {
        return sourcePort == port || destinationPort == port;
    }
}
