package io.sallyport.stack.internal.hold;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.packet.PacketRecord;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Puts datagrams together whose fragments arrive in order. Everything else dooms the datagram: gaps and overlaps are how
 * inspection is evaded, and a whole datagram is what layers want to see (RFC 5722 demands it of overlaps). Bounded;
 * owned by one worker.
 */
public final class Reassembler {

    private static final long TIMEOUT_NS = 30_000_000_000L;
    private static final int MAX_FRAGMENTS = 128;
    private static final int MAX_DATAGRAM = 65_535;
    private static final int IPV6_HEADER = 40;

    /** In order of their start, the first {@link #active} are in use. */
    private final Datagram[] datagrams;

    private int active;

    /**
     * Makes it.
     *
     * @param capacity how many datagrams at once
     */
    public Reassembler(int capacity) {
        this.datagrams = new Datagram[capacity];
        for (int i = 0; i < capacity; i++) {
            datagrams[i] = new Datagram();
        }
    }

    /**
     * Finds the datagram of a fragment.
     *
     * @param p a fragment
     * @return null if it would be the first one
     */
    public @Nullable Datagram find(PacketRecord p) {
        for (int i = 0; i < active; i++) {
            if (datagrams[i].isOf(p)) {
                return datagrams[i];
            }
        }
        return null;
    }

    /**
     * Tells whether a fragment fits.
     *
     * @param p a fragment
     * @param d its datagram, or null if it would be the first
     * @return why not, or null; then the datagram is doomed
     */
    public @Nullable DropReason refuse(PacketRecord p, @Nullable Datagram d) {
        int length = p.payloadLengthBytes();
        int end = p.fragmentOffsetBytes() + length;
        // The header of an IPv6 packet does not count into its payload length, its extension headers do.
        int header = p.ipVersion() == 4 ? p.ipHeaderSizeBytes() : p.ipHeaderSizeBytes() - IPV6_HEADER;
        if (length <= 0 || (p.hasMoreFragments() && length % 8 != 0) || header + end > MAX_DATAGRAM) {
            return DropReason.REASSEMBLY_MALFORMED;
        }
        int expected = d == null ? 0 : d.nextOffsetBytes;
        if (p.fragmentOffsetBytes() != expected) {
            return p.fragmentOffsetBytes() < expected
                    ? DropReason.REASSEMBLY_OVERLAP
                    : DropReason.REASSEMBLY_OUT_OF_ORDER;
        }
        boolean isFull = d == null ? active == datagrams.length : d.fragments == MAX_FRAGMENTS;
        return isFull ? DropReason.REASSEMBLY_LIMIT : null;
    }

    /**
     * Begins a datagram; {@link #refuse} had nothing against it.
     *
     * @param p the first fragment
     * @param nowNs the time
     * @return the datagram, without fragments
     */
    public Datagram begin(PacketRecord p, long nowNs) {
        Datagram d = datagrams[active];
        active++;
        d.begin(p, nowNs);
        return d;
    }

    /**
     * Adds the copy of a fragment to its datagram.
     *
     * @param d the datagram
     * @param p the fragment
     * @param held its copy; owned by the datagram from now on
     */
    public void append(Datagram d, PacketRecord p, HeldFrame held) {
        int start = p.frameOffset();
        held.ipVersion = p.ipVersion();
        held.ipOffset = p.ipOffset() - start;
        held.dataOffset = p.payloadOffset() - start;
        held.dataLengthBytes = p.payloadLengthBytes();
        held.fragmentHeaderOffset = p.fragmentHeaderOffset() - start;
        held.fragmentNextHeaderOffset = p.fragmentNextHeaderOffset() - start;
        if (d.tail == null) {
            d.head = held;
        } else {
            d.tail.nextFragment = held;
        }
        d.tail = held;
        d.fragments++;
        d.nextOffsetBytes += p.payloadLengthBytes();
    }

    /**
     * Forgets a datagram: it is complete, or doomed.
     *
     * @param d the datagram; its fragments are the caller's now
     */
    public void remove(Datagram d) {
        for (int i = 0; i < active; i++) {
            if (datagrams[i] == d) {
                active--;
                System.arraycopy(datagrams, i + 1, datagrams, i, active - i);
                datagrams[active] = d;
                return;
            }
        }
    }

    /**
     * Finds any datagram.
     *
     * @return the oldest, or null if there is none
     */
    public @Nullable Datagram any() {
        return active > 0 ? datagrams[0] : null;
    }

    /**
     * Finds a datagram that waited for too long.
     *
     * @param nowNs the time
     * @return the oldest, if it is due
     */
    public @Nullable Datagram nextDue(long nowNs) {
        return active > 0 && nowNs - datagrams[0].startNs >= TIMEOUT_NS ? datagrams[0] : null;
    }

    /**
     * Makes memory for a whole datagram with its Ethernet header.
     *
     * @return direct memory for {@link #assemble}
     */
    public static ByteBuffer newWhole() {
        return ByteBuffer.allocateDirect(14 + 5 * 4 + IPV6_HEADER + MAX_DATAGRAM);
    }

    /**
     * Puts the data of all fragments behind the headers of the first one.
     *
     * @param head all fragments in order
     * @param whole where to, from index 0
     * @return its length, or 0 if there is no room, which {@link #refuse} makes impossible
     */
    public static int assemble(HeldFrame head, ByteBuffer whole) {
        boolean isV4 = head.ipVersion == 4;
        // IPv6: the fragment header and what is behind it is left out.
        int headers = isV4 ? head.dataOffset : head.fragmentHeaderOffset;
        whole.put(0, head.memory, head.offset, headers);
        int at = headers;
        for (HeldFrame f = head; f != null; f = f.nextFragment) {
            if (at + f.dataLengthBytes > whole.capacity()) {
                return 0;
            }
            whole.put(at, f.memory, f.offset + f.dataOffset, f.dataLengthBytes);
            at += f.dataLengthBytes;
        }
        int ip = head.ipOffset;
        if (isV4) {
            finishIpv4(whole, ip, headers - ip, at - ip);
        } else {
            byte nextHeader = head.memory.get(head.offset + head.fragmentHeaderOffset);
            whole.put(head.fragmentNextHeaderOffset, nextHeader);
            whole.putShort(ip + 4, (short) (at - ip - IPV6_HEADER));
        }
        return at;
    }

    private static void finishIpv4(ByteBuffer whole, int ip, int headerSize, int totalLength) {
        whole.putShort(ip + 2, (short) totalLength);
        whole.putShort(ip + 6, (short) (whole.getShort(ip + 6) & 0xC000));
        whole.putShort(ip + 10, (short) 0);
        int sum = 0;
        for (int i = 0; i < headerSize; i += 2) {
            sum += whole.getShort(ip + i) & 0xFFFF;
        }
        sum = (sum >>> 16) + (sum & 0xFFFF);
        sum += sum >>> 16;
        whole.putShort(ip + 10, (short) ~sum);
    }
}
