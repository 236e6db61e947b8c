package io.sallyport.itest.evasion;

import io.sallyport.itest.wire.IpPiece;
import io.sallyport.itest.wire.Packets;
import io.sallyport.itest.wire.Tcp;
import java.util.HexFormat;

/**
 * A frame, for logs that are written only if somebody asks.
 *
 * @param who sent it, or what became of it
 * @param frame the frame
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Said(String who, byte[] frame) {

    @Override
    public String toString() {
        return who + ' ' + describe(frame);
    }

    private static String describe(byte[] frame) {
        IpPiece piece = IpPiece.parse(frame);
        Tcp tcp = piece == null || piece.isFragment() || piece.protocol() != Packets.TCP
                ? null
                : Tcp.parse(piece.payload());
        if (tcp != null) {
            return "tcp flags " + Integer.toHexString(tcp.flags) + " seq " + Integer.toUnsignedString(tcp.sequence)
                    + " ack "
                    + Integer.toUnsignedString(tcp.acknowledgement) + " urg " + tcp.urgentPointer + " ts "
                    + tcp.timestamp + " ttl "
                    + piece.ttl() + " '" + text(tcp.data) + "'";
        }
        if (piece != null) {
            return "ip " + piece.protocol() + " ttl " + piece.ttl() + " id " + piece.id() + " at " + piece.offset()
                    + (piece.hasMore() ? "+ '" : "  '") + text(piece.payload()) + "'";
        }
        return HexFormat.of().formatHex(frame);
    }

    private static String text(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(bytes.length, 80); i++) {
            text.append(bytes[i] >= ' ' && bytes[i] < 127 ? (char) bytes[i] : '.');
        }
        return text.toString();
    }
}
