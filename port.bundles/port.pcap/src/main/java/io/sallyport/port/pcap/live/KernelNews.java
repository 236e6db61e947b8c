package io.sallyport.port.pcap.live;

import java.nio.ByteBuffer;

/**
 * Wakes the watch when an interface or an nftables rule changes: two netlink sockets, whose messages are not read but taken
 * as a reason to look. Where they cannot be had, or lose something, the watch looks by time. For one thread.
 */
final class KernelNews implements AutoCloseable {
    /** RTMGRP_LINK. */
    private static final int LINK_GROUP = 1;
    /** NFNLGRP_NFTABLES, the seventh. */
    private static final int TABLES_GROUP = 1 << 6;

    private static final int LINKS = 0;
    private static final int TABLES = 1;
    private static final int ENTRY_BYTES = 8;
    private static final int EVENTS = 4;
    private static final int RETURNED = 6;
    private static final int ADDRESS_BYTES = 12;
    private static final int MESSAGE_BYTES = 4096;
    /** A flood of changes must not hold the watch up. */
    private static final int MOST_MESSAGES = 1024;

    private final ByteBuffer entries = NativeMemory.allocateNative(2 * ENTRY_BYTES);
    private final ByteBuffer message = NativeMemory.allocateNative(MESSAGE_BYTES);
    private final int[] descriptors;
    private boolean areTablesChanged;

    private KernelNews(int links, int tables) {
        descriptors = new int[] {links, tables};
        for (int i = 0; i < descriptors.length; i++) {
            entries.putInt(i * ENTRY_BYTES, descriptors[i]);
            entries.putShort(i * ENTRY_BYTES + EVENTS, LibC.POLLIN);
        }
    }

    static KernelNews open() {
        LibC.load();
        return new KernelNews(
                subscribe(LibC.NETLINK_ROUTE, LINK_GROUP), subscribe(LibC.NETLINK_NETFILTER, TABLES_GROUP));
    }

    /** A descriptor, or -1: poll(2) overlooks that. */
    private static int subscribe(int protocol, int groups) {
        int descriptor = LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW_NONBLOCK_CLOEXEC, protocol);
        if (descriptor < 0) {
            return -1;
        }
        ByteBuffer address = NativeMemory.allocateNative(ADDRESS_BYTES)
                .putShort(0, (short) LibC.AF_NETLINK)
                .putInt(8, groups);
        if (LibC.bind(descriptor, NativeMemory.address(address), ADDRESS_BYTES) != 0) {
            int ignored = LibC.close(descriptor);
            return -1;
        }
        return descriptor;
    }

    /** Sleeps until something changed, or the time. */
    void await(int timeoutMs) {
        if (LibC.poll(NativeMemory.address(entries), descriptors.length, timeoutMs) > 0) {
            drain(LINKS);
            areTablesChanged |= drain(TABLES);
        }
    }

    /** Tells whether rules changed since the last call. */
    boolean takeTablesChanged() {
        boolean areChanged = areTablesChanged;
        areTablesChanged = false;
        return areChanged;
    }

    private boolean drain(int which) {
        if (entries.getShort(which * ENTRY_BYTES + RETURNED) == 0) {
            return false;
        }
        long address = NativeMemory.address(message);
        int messages = 0;
        while (messages < MOST_MESSAGES
                && LibC.recv(descriptors[which], address, MESSAGE_BYTES, LibC.MSG_DONTWAIT) >= 0) {
            messages++;
        }
        return true;
    }

    @Override
    public void close() {
        for (int descriptor : descriptors) {
            if (descriptor >= 0) {
                int ignored = LibC.close(descriptor);
            }
        }
    }
}
