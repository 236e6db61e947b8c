package io.sallyport.stack.internal.support;

import static io.sallyport.stack.internal.support.PacketBuilder.arp;
import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.echo;
import static io.sallyport.stack.internal.support.PacketBuilder.ethernet;
import static io.sallyport.stack.internal.support.PacketBuilder.fragmentIpv4;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.icmpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.ip;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv4;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6Fragment;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.u16;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;

import java.util.List;

/** One frame of each kind that the parser has code for. */
public final class SamplePackets {

    private static final String A4 = "192.0.2.1";
    private static final String B4 = "198.51.100.2";
    private static final String A6 = "2001:db8::1";
    private static final String B6 = "2001:db8:1::2";

    private SamplePackets() {}

    public static List<byte[]> all() {
        byte[] udp6 = udp(A6, 1, B6, 2, text("hello"));
        byte[] quoted = udpPacket(A4, 1, B4, 2, text("hello"));
        byte[] quoted6 = ip(A6, B6, 17, udp6);
        byte[][] parts = fragmentIpv4(A4, B4, 17, 3, udp(A4, 1, B4, 2, new byte[32]), 16);
        byte[] pad = hex("0104 00000000");
        return List.of(
                arp(),
                fromInside(quoted),
                fromInside(tcpPacket(A4, 1, B4, 2, 3, 4, 2, new byte[0])),
                fromInside(tcpPacket(A4, 1, B4, 2, 4, 4, 24, text("hello"))),
                fromInside(tcpPacket(A6, 1, B6, 2, 4, 4, 17, text("hello"))),
                fromInside(ipv4(A4, B4, 17, 1, 0, hex("0703 0401"), udp(A4, 1, B4, 2, text("x")))),
                fromInside(quoted6),
                fromInside(ipv6(A6, B6, 0, concat(u16(0x3C00), pad, u16(0x1100), pad, udp6))),
                fromInside(ipv6(A6, B6, 43, concat(hex("1102 0001 00000000"), new byte[16], udp6))),
                fromInside(ipv6(A6, B6, 51, concat(hex("1104 0000 00000001 00000002"), new byte[12], udp6))),
                fromInside(ipv6Fragment(A6, B6, 7, 0, true, 17, new byte[16])),
                fromInside(ipv6Fragment(A6, B6, 7, 16, false, 17, new byte[5])),
                fromInside(parts[0]),
                fromInside(parts[1]),
                fromInside(echo(A4, B4, false, 1)),
                fromInside(echo(A6, B6, true, 1)),
                fromInside(icmpPacket(B4, A4, 3, 3, concat(new byte[4], quoted))),
                fromInside(icmpPacket(B6, A6, 1, 4, concat(new byte[4], quoted6))),
                fromInside(ip(A4, B4, 132, new byte[16])),
                fromInside(ip(A4, B4, 47, new byte[8])),
                ethernet(hex("020000000001"), hex("020000000002"), 0x0800, quoted, 0x88A8, 5, 0x8100, 6));
    }
}
