package io.sallyport.port.pcap;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies the frames of a pcapng file into a nanosecond pcap. libpcap reads pcapng too, but gives up where interfaces
 * differ in snap length, as in most files that were merged.
 */
final class PcapngCopy {
    private static final int SECTION_HEADER = 0x0a0d0d0a;
    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int INTERFACE = 1;
    private static final int OBSOLETE_PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;
    private static final int MAX_BLOCK_BYTES = 16 << 20;
    private static final int PCAP_NANO_MAGIC = 0xa1b23c4d;

    private final InputStream in;
    private final OutputStream out;
    private final BitSet otherLinkTypes;
    private final List<PcapngInterface> interfaces = new ArrayList<>();
    private ByteOrder order = ByteOrder.BIG_ENDIAN;
    /** Which the copy is labelled with: Ethernet if there is such an interface, else the first frame's; -1 before. */
    private int linkType = -1;

    private int frames;
    private int seconds;
    private int nanos;

    private PcapngCopy(InputStream in, OutputStream out, BitSet otherLinkTypes) {
        this.in = in;
        this.out = out;
        this.otherLinkTypes = otherLinkTypes;
    }

    /**
     * Copies.
     *
     * @param in the pcapng file, from its first byte
     * @param out gets a pcap; closed by the caller
     * @param otherLinkTypes gets the frames whose interface has another link type than the copy is labelled with
     * @return why not all frames could be copied, or null
     * @throws EOFException if the file ends in a block, also because its compressed data is cut: what was whole is copied
     */
    static @Nullable String copy(InputStream in, OutputStream out, BitSet otherLinkTypes) throws IOException {
        PcapngCopy copy = new PcapngCopy(in, out, otherLinkTypes);
        try {
            return copy.blocks();
        } finally {
            if (copy.linkType < 0) {
                copy.writeHeader(
                        copy.interfaces.isEmpty()
                                ? LibPcap.ETHERNET
                                : copy.interfaces.get(0).linkType());
            }
        }
    }

    private @Nullable String blocks() throws IOException {
        byte[] start = new byte[8];
        while (true) {
            int read = in.readNBytes(start, 0, start.length);
            if (read == 0) {
                return null;
            }
            if (read < start.length) {
                throw new EOFException();
            }
            String damage = block(ByteBuffer.wrap(start));
            if (damage != null) {
                return damage;
            }
        }
    }

    private @Nullable String block(ByteBuffer start) throws IOException {
        byte[] magic = new byte[0];
        if (start.getInt(0) == SECTION_HEADER) { // reads the same in both byte orders
            magic = exactly(4);
            order = ByteBuffer.wrap(magic).getInt() == BYTE_ORDER_MAGIC
                    ? ByteOrder.BIG_ENDIAN
                    : ByteOrder.LITTLE_ENDIAN;
            if (ByteBuffer.wrap(magic).order(order).getInt() != BYTE_ORDER_MAGIC) {
                return "follows a pcapng section header without byte order";
            }
            interfaces.clear();
        }
        int type = start.order(order).getInt(0);
        int length = start.getInt(4);
        if (length < 12 + magic.length || length > MAX_BLOCK_BYTES || (length & 3) != 0) {
            return "lies in a pcapng block with an impossible length";
        }
        ByteBuffer body = ByteBuffer.wrap(exactly(length - 12 - magic.length)).order(order);
        exactly(4); // the length once more
        try {
            return switch (type) {
                case INTERFACE -> {
                    interfaces.add(PcapngInterface.parse(body));
                    yield null;
                }
                case ENHANCED_PACKET -> packet(body, body.getInt(0));
                case OBSOLETE_PACKET -> packet(body, body.getShort(0) & 0xffff);
                case SIMPLE_PACKET -> simplePacket(body);
                default -> null; // names, statistics, section header, what is to come
            };
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            return "lies in a pcapng block that is too short for what it says";
        }
    }

    private @Nullable String packet(ByteBuffer body, int interfaceId) throws IOException {
        long ticks = Integer.toUnsignedLong(body.getInt(4)) << 32 | Integer.toUnsignedLong(body.getInt(8));
        return frame(body, interfaceId, ticks, 20, body.getInt(12), body.getInt(16));
    }

    private @Nullable String simplePacket(ByteBuffer body) throws IOException {
        int wireLength = body.getInt(0);
        int captured = Math.min(wireLength, body.capacity() - 4);
        if (!interfaces.isEmpty() && interfaces.get(0).snapLength() > 0) {
            captured = Math.min(captured, interfaces.get(0).snapLength());
        }
        return frame(body, 0, 0, 4, captured, wireLength);
    }

    private @Nullable String frame(
            ByteBuffer body, int interfaceId, long ticks, int offset, int captured, int wireLength) throws IOException {
        if (interfaceId < 0 || interfaceId >= interfaces.size()) {
            return "names an interface that the capture does not describe";
        }
        PcapngInterface from = interfaces.get(interfaceId);
        if (linkType < 0) {
            boolean hasEthernet = interfaces.stream().anyMatch(i -> i.linkType() == LibPcap.ETHERNET);
            writeHeader(hasEthernet ? LibPcap.ETHERNET : from.linkType());
        }
        if (captured < 0 || captured > body.capacity() - offset) {
            return "lies in a pcapng block that is too short for what it says";
        }
        // A time that no pcap can hold is none: the frame takes the one before it, so that the order stays.
        if (from.seconds(ticks) >>> Integer.SIZE == 0) {
            seconds = (int) from.seconds(ticks);
            nanos = from.nanos(ticks);
        }
        otherLinkTypes.set(frames++, from.linkType() != linkType);
        out.write(ByteBuffer.allocate(16)
                .putInt(seconds)
                .putInt(nanos)
                .putInt(captured)
                .putInt(wireLength)
                .array());
        out.write(body.array(), body.arrayOffset() + offset, captured);
        return null;
    }

    private void writeHeader(int type) throws IOException {
        linkType = type;
        out.write(ByteBuffer.allocate(24)
                .putInt(PCAP_NANO_MAGIC)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(LibPcap.MAX_FRAME_BYTES)
                .putInt(type)
                .array());
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }
}
