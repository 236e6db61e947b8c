package io.sallyport.stack.internal.inject;

import io.sallyport.engine.api.CalloutAccount.Kind;
import io.sallyport.engine.api.CalloutIdentity;
import org.jspecify.annotations.Nullable;

/** The packets that callouts have out: bounded for each of them and for all. Any thread. */
public final class BufferPool {

    /** Room for usual frames. */
    static final int SMALL_BYTES = 2_048;
    /** An Ethernet header with tags and the largest IP packet. */
    static final int LARGE_BYTES = 14 + 5 * 4 + 40 + 65_535;
    /** So many small packets are out at most: 2 MiB. */
    public static final int MOST_SMALL = 1_024;
    /** So many large packets are out at most: 4 MiB. */
    public static final int MOST_LARGE = 64;

    private final BufferShelf small = new BufferShelf(SMALL_BYTES, MOST_SMALL);
    private final BufferShelf large = new BufferShelf(LARGE_BYTES, MOST_LARGE);

    /**
     * Takes a packet.
     *
     * @param who the callout
     * @param lengthBytes of the frame
     * @param origin where offset 0 is, counted from the frame's first byte
     * @return its bytes are whatever they were; null if a limit is reached
     */
    public @Nullable PacketBuffer take(CalloutIdentity who, int lengthBytes, int origin) {
        if (lengthBytes > LARGE_BYTES) {
            return null;
        }
        if (!who.account().take(Kind.BUFFERS)) {
            return null;
        }
        BufferShelf shelf = lengthBytes <= SMALL_BYTES ? small : large;
        if (shelf == large && !who.account().take(Kind.LARGE_BUFFERS)) {
            who.account().give(Kind.BUFFERS);
            return null;
        }
        int number = shelf.take();
        if (number < 0) {
            givenBack(who, shelf);
            return null;
        }
        PacketBuffer buffer = new PacketBuffer(this, who, shelf, number, lengthBytes, origin);
        shelf.lease(number, buffer);
        if (!who.isRegistered()) {
            // It left meanwhile, and may have been looked for before it had this.
            buffer.release();
            return null;
        }
        return buffer;
    }

    void givenBack(CalloutIdentity who, BufferShelf shelf) {
        who.account().give(Kind.BUFFERS);
        if (shelf == large) {
            who.account().give(Kind.LARGE_BUFFERS);
        }
    }

    /**
     * Takes back what a callout has, except what is on its way to the worker. Management plane.
     *
     * @param who has left
     */
    public void takeBack(CalloutIdentity who) {
        takeBack(who, small);
        takeBack(who, large);
    }

    private static void takeBack(CalloutIdentity who, BufferShelf shelf) {
        for (int i = 0; i < shelf.count(); i++) {
            PacketBuffer lease = shelf.lease(i);
            if (lease != null && lease.owner() == who) {
                lease.revoke();
            }
        }
    }
}
