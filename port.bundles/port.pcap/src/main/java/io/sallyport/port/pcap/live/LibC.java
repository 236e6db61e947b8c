package io.sallyport.port.pcap.live;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;

/** The few functions of the C library that libpcap leaves to its user; mapped like {@link Pcap}. Numbers are Linux's. */
final class LibC {
    static final short POLLIN = 1;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_TRUNC = 0x20;
    static final int EFD_NONBLOCK_CLOEXEC = 0x80800;

    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SOL_PACKET = 263;
    static final int PACKET_COPY_THRESH = 7;
    static final int PACKET_IGNORE_OUTGOING = 23;

    /** A thread, by {@code setpriority}; 0 is the calling one. */
    static final int PRIO_PROCESS = 0;

    static final int AF_NETLINK = 16;
    static final int SOCK_RAW_NONBLOCK_CLOEXEC = 0x80803;
    static final int NETLINK_ROUTE = 0;
    static final int NETLINK_NETFILTER = 12;

    private static boolean isLoaded;

    private LibC() {}

    static synchronized void load() {
        if (!isLoaded) {
            Native.register(LibC.class, NativeLibrary.getInstance(Platform.C_LIBRARY_NAME));
            isLoaded = true;
        }
    }

    static native int poll(long entries, long count, int timeoutMs);

    static native int eventfd(int start, int flags);

    static native long read(int descriptor, long data, long lengthBytes);

    static native long write(int descriptor, long data, long lengthBytes);

    static native int close(int descriptor);

    static native long recv(int descriptor, long data, long lengthBytes, int flags);

    static native int sendmmsg(int descriptor, long headers, int count, int flags);

    static native int setpriority(int which, int who, int nice);

    static native int socket(int family, int type, int protocol);

    static native int bind(int descriptor, long address, int lengthBytes);

    static native int setsockopt(int descriptor, int level, int option, long value, int lengthBytes);
}
