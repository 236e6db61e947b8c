package io.sallyport.port.pcap.live;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * libpcap, function by function. Mapped directly and with addresses as {@code long}: the calls of the packet path make no
 * object. {@link #load} comes first; all else is libpcap's own contract: one thread at a time for each handle.
 */
@SuppressWarnings("MemberName") // named as in C: direct mapping finds them by that
final class Pcap {
    static final int ERRBUF_BYTES = 256;
    static final int ERROR_NO_SUCH_DEVICE = -5;
    static final int ERROR_PERM_DENIED = -8;
    static final int ERROR_IFACE_NOT_UP = -9;
    static final int DIRECTION_IN = 1;
    static final int LINK_TYPE_ETHERNET = 1;

    private static boolean isLoaded;

    private Pcap() {}

    /**
     * Loads libpcap; does nothing the second time.
     *
     * @throws UnsatisfiedLinkError if it is not there, or lacks a function
     */
    static synchronized void load() {
        if (!isLoaded) {
            if (Native.POINTER_SIZE != Long.BYTES) {
                throw new UnsatisfiedLinkError("live ports need a 64-bit Java");
            }
            Native.register(Pcap.class, NativeLibrary.getInstance("pcap"));
            isLoaded = true;
        }
    }

    static native long pcap_create(String device, byte[] errorText);

    static native int pcap_set_snaplen(long handle, int bytes);

    static native int pcap_set_promisc(long handle, int isOn);

    static native int pcap_set_timeout(long handle, int milliseconds);

    static native int pcap_set_immediate_mode(long handle, int isOn);

    static native int pcap_set_buffer_size(long handle, int bytes);

    static native int pcap_activate(long handle);

    static native int pcap_datalink(long handle);

    static native int pcap_setdirection(long handle, int direction);

    static native int pcap_setnonblock(long handle, int isOn, byte[] errorText);

    static native int pcap_get_selectable_fd(long handle);

    /** Header and data are addresses of the places where libpcap writes the addresses of both. */
    static native int pcap_next_ex(long handle, long header, long data);

    /** Three unsigned ints: received, dropped, dropped by the interface. */
    static native int pcap_stats(long handle, long stats);

    static native String pcap_geterr(long handle);

    static native String pcap_statustostr(int status);

    static native void pcap_close(long handle);
}
