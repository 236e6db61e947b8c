package io.sallyport.callout.testkit.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A frame that left the gateway: passed on, changed, or made by a callout. Immutable, but for the array. */
public final class EmittedFrame {
    private final Side side;
    private final byte[] bytes;
    private final FrameHeaders headers;

    /**
     * A frame that left.
     *
     * @param side the port that it left by
     * @param bytes the whole frame from its destination MAC address on; not copied
     */
    public EmittedFrame(Side side, byte[] bytes) {
        this.side = side;
        this.bytes = bytes;
        this.headers = new FrameHeaders(bytes);
    }

    /**
     * Where it left.
     *
     * @return {@link Side#LAN} or {@link Side#WAN}
     */
    public Side side() {
        return side;
    }

    /**
     * The whole frame.
     *
     * @return from its destination MAC address on; not to be changed
     */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * What the packet says behind its last header: of UDP and TCP the data, of other protocols everything behind the IP
     * headers, of a fragment everything behind them, too.
     *
     * @return a copy; empty if the frame is no IP
     */
    public byte[] payload() {
        return Arrays.copyOfRange(bytes, headers.payloadAt, headers.end);
    }

    /**
     * The payload as text.
     *
     * @return in UTF-8
     */
    public String text() {
        return new String(payload(), StandardCharsets.UTF_8);
    }

    /**
     * Who sent it.
     *
     * @return address, with a port if it is UDP or TCP, e.g. {@code 192.0.2.10:5000}, {@code [2001:db8::1]:53}; empty if it is
     *     no IP
     */
    public String source() {
        return headers.source();
    }

    /**
     * For whom it is.
     *
     * @return as for {@link #source}
     */
    public String destination() {
        return headers.destination();
    }

    FrameHeaders headers() {
        return headers;
    }

    @Override
    public String toString() {
        return side + " " + source() + " > " + destination() + " " + payload().length + " bytes";
    }
}
