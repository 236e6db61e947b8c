package io.sallyport.bench.net;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An interface below IP: whole Ethernet frames in and out, by a packet socket. Promiscuous; what the host itself sends is not
 * received. Belongs to the thread that uses it.
 */
public final class PacketSocket implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 20;
    private static final int ADDRESS_BYTES = 20;
    private static final int ALL_PROTOCOLS = 0x0003;
    private static final int POLL_BYTES = 8;

    private final String name;
    private int descriptor;

    private PacketSocket(String name, int descriptor) {
        this.name = name;
        this.descriptor = descriptor;
    }

    /**
     * Opens an interface of the current thread's namespace, to receive and send.
     *
     * @param name of the interface
     * @return open until closed
     * @throws IOException if there is no such interface, or the rights are missing
     */
    public static PacketSocket open(String name) throws IOException {
        PacketSocket socket = bound(name, ALL_PROTOCOLS);
        socket.option(LibC.SOL_PACKET, LibC.PACKET_IGNORE_OUTGOING, 1, true);
        socket.option(LibC.SOL_PACKET, LibC.PACKET_AUXDATA, 1, true);
        socket.promiscuous();
        return socket;
    }

    /**
     * Opens an interface to send as fast as it goes: past the queueing discipline, and without a copy of what arrives.
     *
     * @param name of the interface
     * @return open until closed
     * @throws IOException as {@link #open}
     */
    public static PacketSocket openForSending(String name) throws IOException {
        PacketSocket socket = bound(name, 0);
        socket.option(LibC.SOL_PACKET, LibC.PACKET_QDISC_BYPASS, 1, true);
        return socket;
    }

    private static PacketSocket bound(String name, int protocol) throws IOException {
        int index = LibC.if_nametoindex(name);
        if (index == 0) {
            throw new IOException("there is no interface " + name + "; see: ip link show");
        }
        int descriptor = LibC.socket(LibC.AF_PACKET, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, 0);
        if (descriptor < 0) {
            throw new IOException("no packet socket for " + name + ": " + LibC.lastError() + "; run as root");
        }
        PacketSocket socket = new PacketSocket(name, descriptor);
        socket.option(LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, BUFFER_BYTES, false);
        socket.option(LibC.SOL_SOCKET, LibC.SO_SNDBUFFORCE, BUFFER_BYTES, false);
        ByteBuffer address = NativeMemory.allocate(ADDRESS_BYTES);
        address.putShort(0, (short) LibC.AF_PACKET);
        address.put(2, (byte) (protocol >>> 8)).put(3, (byte) protocol);
        address.putInt(4, index);
        if (LibC.bind(descriptor, NativeMemory.address(address), ADDRESS_BYTES) != 0) {
            String error = LibC.lastError();
            socket.close();
            throw new IOException("interface " + name + " cannot be opened: " + error);
        }
        return socket;
    }

    private void promiscuous() throws IOException {
        ByteBuffer request = NativeMemory.allocate(16);
        request.putInt(0, LibC.if_nametoindex(name)).putShort(4, (short) 1);
        set(LibC.SOL_PACKET, LibC.PACKET_ADD_MEMBERSHIP, request, 16, true);
    }

    private void option(int level, int option, int value, boolean isNeeded) throws IOException {
        set(level, option, NativeMemory.allocate(Integer.BYTES).putInt(0, value), Integer.BYTES, isNeeded);
    }

    private void set(int level, int option, ByteBuffer value, int bytes, boolean isNeeded) throws IOException {
        int status = LibC.setsockopt(descriptor, level, option, NativeMemory.address(value), bytes);
        if (status != 0 && isNeeded) {
            String error = LibC.lastError();
            close();
            throw new IOException("interface " + name + ": option " + option + ": " + error);
        }
    }

    /**
     * Sends frames out of a queue with one call.
     *
     * @param queue the frames; nothing was received into it
     * @param from first slot
     * @param count how many
     * @return how many the kernel took; the first that it refuses ends it
     */
    public int send(FrameQueue queue, int from, int count) {
        return Math.max(0, queue.send(descriptor, from, count));
    }

    /**
     * Sends one frame.
     *
     * @param queue where it is
     * @param slot its place there
     * @return false if the interface did not take it: down, or the frame longer than it carries
     */
    public boolean sendOne(FrameQueue queue, int slot) {
        return LibC.send(descriptor, queue.address(slot), queue.lengthBytes(slot), 0) == queue.lengthBytes(slot);
    }

    /**
     * Takes the frames that are there.
     *
     * @param queue gets them, from slot 0 on
     * @return how many; 0 if there is none, or the interface fails
     */
    public int receive(FrameQueue queue) {
        return Math.max(0, queue.receive(descriptor));
    }

    /**
     * Tells whether a received frame is not what was on a wire: cut, or its checksum left to a card.
     *
     * @param queue where it is
     * @param slot its place there
     * @return true if the sender's offloads must be switched off
     */
    public static boolean isUnfinished(FrameQueue queue, int slot) {
        return queue.isChecksumNotReady(slot);
    }

    /** Waits until one of two interfaces has a frame, for a time. */
    public static final class Wait {
        private final ByteBuffer entries = NativeMemory.allocate(2 * POLL_BYTES);
        private final long address = NativeMemory.address(entries);

        /**
         * A wait for these two.
         *
         * @param one interface
         * @param other interface
         */
        public Wait(PacketSocket one, PacketSocket other) {
            entries.putInt(0, one.descriptor).putShort(4, (short) LibC.POLLIN);
            entries.putInt(POLL_BYTES, other.descriptor).putShort(POLL_BYTES + 4, (short) LibC.POLLIN);
        }

        /**
         * Waits.
         *
         * @param timeoutMs at most
         */
        public void await(int timeoutMs) {
            int ignored = LibC.poll(address, 2, timeoutMs);
        }
    }

    @Override
    public void close() {
        if (descriptor >= 0) {
            int ignored = LibC.close(descriptor);
            descriptor = -1;
        }
    }
}
