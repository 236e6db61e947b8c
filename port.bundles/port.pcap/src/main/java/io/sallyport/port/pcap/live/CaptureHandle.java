package io.sallyport.port.pcap.live;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One interface, open by libpcap for receiving and sending. Frames that this handle sends, or that anything else on the host
 * sends by the interface, are not received. Opened by any thread, then read by the interface's own.
 *
 * <p>A ring slot is as large as the MTU asks for. A frame that does not fit comes cut: the peer of a virtual interface left
 * segmentation to a card that is none, or frames were joined on arrival. The kernel then keeps it whole in the socket's queue
 * ({@code PACKET_COPY_THRESH}), in the order of the ring, unless that queue is full. From there it is taken.
 */
final class CaptureHandle {
    private static final int RING_BYTES = 16 << 20;
    /** An Ethernet header with three VLAN tags. */
    private static final int LINK_HEADER_BYTES = 26;

    private static final int QUEUE_BYTES = 8 << 20;
    /** After this many empty reads of a descriptor that is always ready, what lies in its queue belongs to no frame. */
    private static final int STALE_AFTER = 16;

    private final String name;
    private final int descriptor;
    private final LargeFrames largeFrames;
    /** Two addresses that libpcap writes: of the header and of the frame. Behind them its three counts. */
    private final ByteBuffer places = NativeMemory.allocateNative(32);

    private final long placesAddress = NativeMemory.address(places);
    private long handle;
    /** Waits in a row that this interface ended and after which there was no frame. */
    private int vainWakes;

    private boolean isAwoken;

    // libpcap uses the same header and the same copy of the frame again and again, so views of both last.
    private long headerAddress;
    private long frameAddress;
    private @Nullable ByteBuffer header;
    private @Nullable ByteBuffer frame;

    private CaptureHandle(String name, long handle, int descriptor) {
        this.name = name;
        this.handle = handle;
        this.descriptor = descriptor;
        this.largeFrames = new LargeFrames(descriptor);
    }

    /**
     * Opens an interface that is up.
     *
     * @param name of the interface
     * @param mtu bytes of an IP packet
     * @throws IOException with what is wrong and what would help
     */
    static CaptureHandle open(String name, int mtu) throws IOException {
        Pcap.load();
        LibC.load();
        byte[] errorText = new byte[Pcap.ERRBUF_BYTES];
        long handle = Pcap.pcap_create(name, errorText);
        if (handle == 0) {
            throw new IOException("interface " + name + " cannot be opened: " + text(errorText));
        }
        boolean isOpen = false;
        try {
            int descriptor = activate(name, handle, mtu);
            CaptureHandle opened = new CaptureHandle(name, handle, descriptor);
            opened.setSocketOptions();
            isOpen = true;
            return opened;
        } finally {
            if (!isOpen) {
                Pcap.pcap_close(handle);
            }
        }
    }

    private static int activate(String name, long handle, int mtu) throws IOException {
        // libpcap makes all slots of the ring as large as this. Were it 64 KiB, the ring would hold 255 frames.
        Pcap.pcap_set_snaplen(handle, Math.min(mtu + LINK_HEADER_BYTES, LiveBatch.MAX_FRAME_BYTES));
        Pcap.pcap_set_promisc(handle, 1);
        Pcap.pcap_set_timeout(handle, 10);
        Pcap.pcap_set_immediate_mode(handle, 1);
        Pcap.pcap_set_buffer_size(handle, RING_BYTES);
        int status = Pcap.pcap_activate(handle);
        if (status < 0) {
            throw new IOException("interface " + name + " cannot be opened: " + reason(handle, status));
        }
        if (Pcap.pcap_datalink(handle) != Pcap.LINK_TYPE_ETHERNET) {
            throw new IOException("interface " + name + " does not hand out Ethernet frames; name another one");
        }
        byte[] errorText = new byte[Pcap.ERRBUF_BYTES];
        if (Pcap.pcap_setdirection(handle, Pcap.DIRECTION_IN) != 0) {
            throw new IOException("interface " + name + " cannot be opened: " + Pcap.pcap_geterr(handle));
        }
        if (Pcap.pcap_setnonblock(handle, 1, errorText) != 0) {
            throw new IOException("interface " + name + " cannot be opened: " + text(errorText));
        }
        int descriptor = Pcap.pcap_get_selectable_fd(handle);
        if (descriptor < 0) {
            throw new IOException("interface " + name + " cannot be opened: libpcap has no descriptor to wait for");
        }
        return descriptor;
    }

    private static String reason(long handle, int status) {
        String text = Pcap.pcap_statustostr(status);
        String detail = Pcap.pcap_geterr(handle);
        String reason = detail.isEmpty() ? text : text + " (" + detail + ")";
        return switch (status) {
            case Pcap.ERROR_PERM_DENIED -> reason + "; run as root";
            case Pcap.ERROR_NO_SUCH_DEVICE, Pcap.ERROR_IFACE_NOT_UP -> reason + "; see: ip link show";
            default -> reason;
        };
    }

    /** Each of these has a default that works, if less well: failures do not matter. */
    private void setSocketOptions() {
        // In the kernel already: else each frame sent is copied into the ring, for libpcap to leave out.
        setOption(LibC.SOL_PACKET, LibC.PACKET_IGNORE_OUTGOING, 1);
        setOption(LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, QUEUE_BYTES);
        setOption(LibC.SOL_SOCKET, LibC.SO_SNDBUFFORCE, QUEUE_BYTES);
        setOption(LibC.SOL_PACKET, LibC.PACKET_COPY_THRESH, 1);
    }

    private void setOption(int level, int option, int value) {
        places.putInt(0, value);
        int ignored = LibC.setsockopt(descriptor, level, option, placesAddress, Integer.BYTES);
    }

    private static String text(byte[] errorText) {
        int end = 0;
        while (end < errorText.length && errorText[end] != 0) {
            end++;
        }
        return new String(errorText, 0, end, StandardCharsets.UTF_8);
    }

    String name() {
        return name;
    }

    /** Becomes readable when frames are there. */
    int descriptor() {
        return descriptor;
    }

    /**
     * Takes the next frame.
     *
     * @param batch has room
     * @return 1 if there was one, 0 if there is none now, below 0 if the interface fails
     */
    int read(LiveBatch batch) {
        int status = Pcap.pcap_next_ex(handle, placesAddress, placesAddress + Long.BYTES);
        if (status <= 0) {
            noFrame();
            return status;
        }
        vainWakes = 0;
        isAwoken = false;
        ByteBuffer headerView = header();
        int captured = Math.min(headerView.getInt(16), LiveBatch.MAX_FRAME_BYTES);
        int wireLength = headerView.getInt(20);
        int at = batch.nextOffset();
        int length = captured;
        if (captured < wireLength) {
            length = largeFrames.take(batch, frame(), captured, wireLength);
        } else {
            batch.memory().put(at, frame(), 0, captured);
        }
        batch.add(length, wireLength);
        return 1;
    }

    private ByteBuffer header() {
        long address = places.getLong(0);
        ByteBuffer view = header;
        if (view == null || address != headerAddress) {
            view = NativeMemory.view(address, 24).order(ByteOrder.nativeOrder());
            header = view;
            headerAddress = address;
        }
        return view;
    }

    private ByteBuffer frame() {
        long address = places.getLong(Long.BYTES);
        ByteBuffer view = frame;
        if (view == null || address != frameAddress) {
            view = NativeMemory.view(address, LiveBatch.MAX_FRAME_BYTES);
            frame = view;
            frameAddress = address;
        }
        return view;
    }

    /** A wait has ended since there is something to be read here. */
    void awoken() {
        isAwoken = true;
    }

    /**
     * Whole copies that belong to no frame of the ring would end each wait at once, so they go. Reads that nothing led to say
     * nothing: on a link that is silent there are many of them, and the next copy is that of its next frame.
     */
    private void noFrame() {
        if (isAwoken) {
            isAwoken = false;
            vainWakes++;
            if (vainWakes > STALE_AFTER) {
                vainWakes = 0;
                largeFrames.discard();
            }
        }
    }

    /**
     * Sends frames; by one thread at a time, also while another one reads.
     *
     * @param headers address of an array of {@code struct mmsghdr}
     * @param count how many, at least one
     * @return how many the interface took, from the first on; not above 0 if it does not take the first one
     */
    int send(long headers, int count) {
        return handle == 0 ? 0 : LibC.sendmmsg(descriptor, headers, count, LibC.MSG_DONTWAIT);
    }

    /** Frames that found the ring full, since the handle was opened. */
    long kernelDropped() {
        if (Pcap.pcap_stats(handle, placesAddress + 16) != 0) {
            return 0;
        }
        return Integer.toUnsignedLong(places.getInt(20));
    }

    /** Gives everything back; afterwards nothing can be sent. */
    void close() {
        if (handle != 0) {
            Pcap.pcap_close(handle);
            handle = 0;
        }
    }
}
