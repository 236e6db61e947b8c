package io.sallyport.bench.net;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;

/** Functions of the C library, mapped directly: addresses are {@code long}, no call makes an object. Numbers are Linux's. */
@SuppressWarnings("MemberName") // named as in C: direct mapping finds them by that
final class LibC {
    static final int AF_PACKET = 17;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SOL_PACKET = 263;
    static final int PACKET_ADD_MEMBERSHIP = 1;
    static final int PACKET_AUXDATA = 8;
    static final int PACKET_QDISC_BYPASS = 20;
    static final int PACKET_IGNORE_OUTGOING = 23;
    static final int MSG_DONTWAIT = 0x40;
    static final int POLLIN = 1;
    static final int CLONE_NEWNET = 0x4000_0000;
    static final int O_RDONLY_CLOEXEC = 0x80000;

    static {
        if (Native.POINTER_SIZE != Long.BYTES) {
            throw new UnsatisfiedLinkError("the lab needs a 64-bit Java");
        }
        Native.register(LibC.class, NativeLibrary.getInstance(Platform.C_LIBRARY_NAME));
    }

    private LibC() {}

    static native int socket(int domain, int type, int protocol);

    static native int bind(int descriptor, long address, int lengthBytes);

    static native int setsockopt(int descriptor, int level, int option, long value, int lengthBytes);

    static native int poll(long entries, long count, int timeoutMs);

    static native int recvmmsg(int descriptor, long messages, int count, int flags, long timeout);

    static native int sendmmsg(int descriptor, long messages, int count, int flags);

    static native long send(int descriptor, long data, long lengthBytes, int flags);

    static native int close(int descriptor);

    static native int open(String path, int flags);

    static native int setns(int descriptor, int kind);

    static native int if_nametoindex(String name);

    static native int sched_setaffinity(int thread, long sizeBytes, long mask);

    static native String strerror(int error);

    /** What the last call of this thread failed with, in words. */
    static String lastError() {
        return strerror(Native.getLastError());
    }
}
