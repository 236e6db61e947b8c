package io.sallyport.stack.internal.support;

import io.sallyport.stack.api.DataPathConfig.Checksums;
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
        if (parser.parse(record, 0) != null) {
            throw new IllegalArgumentException("malformed");
        }
        return record;
    }
}
