package io.sallyport.callout.testkit.gateway;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where things are in a frame. Generous: what cannot be read is not there. */
final class FrameHeaders {
    static final int TCP = 6;
    static final int UDP = 17;

    private static final int ETHERNET_BYTES = 14;
    private static final int FRAGMENT = 44;
    /** Two groups of zeros and more, with their colons. */
    private static final Pattern ZEROS = Pattern.compile("(?:^|:)0(?::0)+(?:$|:)");

    private final byte[] frame;
    int protocol = -1;
    int transportAt;
    int payloadAt;
    int end;
    byte[] sourceAddress = {};
    byte[] destinationAddress = {};

    FrameHeaders(byte[] frame) {
        this.frame = frame;
        end = frame.length;
        transportAt = end;
        payloadAt = end;
        int at = ETHERNET_BYTES - 2;
        while (at + 4 < frame.length && (u16(at) == 0x8100 || u16(at) == 0x88A8)) {
            at += 4;
        }
        int type = at + 2 <= frame.length ? u16(at) : 0;
        if (type == 0x0800 && at + 22 <= frame.length) {
            ipv4(at + 2);
        } else if (type == 0x86DD && at + 42 <= frame.length) {
            ipv6(at + 2);
        }
    }

    private void ipv4(int ip) {
        end = Math.min(end, ip + Math.max(u16(ip + 2), 20));
        sourceAddress = Arrays.copyOfRange(frame, ip + 12, ip + 16);
        destinationAddress = Arrays.copyOfRange(frame, ip + 16, ip + 20);
        transport(frame[ip + 9] & 0xFF, ip + (frame[ip] & 15) * 4, (u16(ip + 6) & 0x3FFF) != 0);
    }

    private void ipv6(int ip) {
        end = Math.min(end, ip + 40 + u16(ip + 4));
        sourceAddress = Arrays.copyOfRange(frame, ip + 8, ip + 24);
        destinationAddress = Arrays.copyOfRange(frame, ip + 24, ip + 40);
        int next = frame[ip + 6] & 0xFF;
        int at = ip + 40;
        boolean isFragment = false;
        while ((next == 0 || next == 43 || next == FRAGMENT || next == 60) && at + 8 <= end) {
            isFragment |= next == FRAGMENT;
            int length = next == FRAGMENT ? 8 : 8 + (frame[at + 1] & 0xFF) * 8;
            next = frame[at] & 0xFF;
            at += length;
        }
        transport(next, at, isFragment);
    }

    private void transport(int number, int at, boolean isFragment) {
        transportAt = Math.min(at, end);
        payloadAt = transportAt;
        if (isFragment) {
            return;
        }
        protocol = number;
        if (number == UDP) {
            payloadAt = Math.min(at + 8, end);
        } else if (number == TCP && at + 20 <= end) {
            payloadAt = Math.min(at + (frame[at + 12] >> 4 & 15) * 4, end);
        }
    }

    boolean isTcp() {
        return protocol == TCP && transportAt + 20 <= end;
    }

    int sourcePort() {
        return u16(transportAt);
    }

    int destinationPort() {
        return u16(transportAt + 2);
    }

    int sequence() {
        return (u16(transportAt + 4) << 16) | u16(transportAt + 6);
    }

    int flags() {
        return frame[transportAt + 13] & 0xFF;
    }

    String source() {
        return text(sourceAddress, 0);
    }

    String destination() {
        return text(destinationAddress, 2);
    }

    private String text(byte[] address, int portAt) {
        if (address.length == 0) {
            return "";
        }
        String text = hostText(address);
        boolean hasPort = (protocol == TCP || protocol == UDP) && transportAt + 4 <= end;
        if (!hasPort) {
            return text;
        }
        return (address.length == 16 ? "[" + text + "]" : text) + ":" + u16(transportAt + portAt);
    }

    /** In the form of RFC 5952, which events have, too. */
    static String hostText(byte[] address) {
        if (address.length == 4) {
            return (address[0] & 0xFF) + "." + (address[1] & 0xFF) + "." + (address[2] & 0xFF) + "."
                    + (address[3] & 0xFF);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < address.length; i += 2) {
            text.append(i == 0 ? "" : ":")
                    .append(Integer.toHexString(((address[i] & 0xFF) << 8) | (address[i + 1] & 0xFF)));
        }
        Matcher zeros = ZEROS.matcher(text);
        int begin = -1;
        int end = -1;
        while (zeros.find()) {
            if (zeros.end() - zeros.start() > end - begin) { // of equal runs the first
                begin = zeros.start();
                end = zeros.end();
            }
        }
        return begin < 0 ? text.toString() : text.replace(begin, end, "::").toString();
    }

    private int u16(int at) {
        return ((frame[at] & 0xFF) << 8) | (frame[at + 1] & 0xFF);
    }
}
