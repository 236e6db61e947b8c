package io.sallyport.stack.internal.support;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;

/** Frames as records, parsed with all checksums verified. */
public final class Parsed {

    private static final int START = 7;

    private Parsed() {}

    /** A frame that came from inside; it must be well-formed, but for what tests of answers ask about. */
    public static PacketRecord outbound(byte[] frame) {
        ByteBuffer memory = ByteBuffer.allocateDirect(START + frame.length);
        memory.put(START, frame);
        HeaderParser parser = new HeaderParser(Checksums.VERIFY);
        PacketRecord p = PacketRecord.create();
        parser.begin(p, memory, START, frame.length, 1, 0, Side.LAN);
        DropReason reason = parser.parse(p, 0);
        if (reason == DropReason.MALFORMED_ETHERNET_SOURCE) {
            parser.begin(p, memory, START, frame.length, 1, 0, Side.UNKNOWN);
            reason = parser.parse(p, 0);
        }
        if (reason != null && !isTolerated(reason)) {
            throw new IllegalArgumentException(reason.label());
        }
        p.setDirection(Direction.OUTBOUND);
        return p;
    }

    private static boolean isTolerated(DropReason reason) {
        return switch (reason) {
            case MALFORMED_SOURCE_ADDRESS, MALFORMED_DESTINATION_ADDRESS, MALFORMED_LAND, MALFORMED_ND -> true;
            default -> false;
        };
    }
}
