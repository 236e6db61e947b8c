package io.sallyport.itest;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes and reads plain pcap files for tests, without any of the product's code or libraries. */
final class PcapFile {

    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;

    private PcapFile() {}

    /** Writes microsecond Ethernet pcap, one frame each millisecond. */
    static void write(Path file, List<byte[]> frames) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0xA1B2C3D4);
        out.writeShort(2);
        out.writeShort(4);
        out.writeLong(0);
        out.writeInt(262_144);
        out.writeInt(1);
        int i = 0;
        for (byte[] frame : frames) {
            out.writeInt(1_700_000_000 + i / 1_000);
            out.writeInt(1_000 * (i % 1_000));
            i++;
            out.writeInt(frame.length);
            out.writeInt(frame.length);
            out.write(frame);
        }
        Files.write(file, bytes.toByteArray());
    }

    /** Reads the frames of a microsecond pcap in either byte order. */
    static List<byte[]> read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        int magic = bytes.getInt(0);
        if (magic == 0xD4C3B2A1) {
            bytes.order(ByteOrder.LITTLE_ENDIAN);
        } else if (magic != 0xA1B2C3D4) {
            throw new IOException(file + " is no microsecond pcap: " + Integer.toHexString(magic));
        }
        List<byte[]> frames = new ArrayList<>();
        for (int at = FILE_HEADER; at < bytes.limit(); ) {
            byte[] frame = new byte[bytes.getInt(at + 8)];
            bytes.get(at + RECORD_HEADER, frame);
            frames.add(frame);
            at += RECORD_HEADER + frame.length;
        }
        return frames;
    }
}
