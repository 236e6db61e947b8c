package io.sallyport.stack.internal.support;

import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;

/** Parses packets one at a time; the record is good until the next one. */
public final class SegmentReader {

    private final HeaderParser parser = new HeaderParser(Checksums.IGNORE);
    private final PacketRecord record = PacketRecord.create();
    private final ByteBuffer memory = ByteBuffer.allocateDirect(70_000);

    public Packet read(byte[] ip) {
        byte[] frame = PacketBuilder.fromInside(ip);
        memory.put(0, frame);
        parser.begin(record, memory, 0, frame.length, 1, 0, Side.LAN);
        DropReason reason = parser.parse(record, 0);
        // Wrong options do not get as far as the tracker, which reads them with care all the same.
        if (reason != null && reason != DropReason.MALFORMED_TCP_OPTION) {
            throw new IllegalArgumentException("malformed");
        }
        return record;
    }
}
