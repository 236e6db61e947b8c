package io.sallyport.itest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Breaks frames where parsers, reassembly and streams look: lengths, offsets, header chains, flags, numbers. What comes out is
 * decided by the seed of the random numbers alone.
 */
final class FrameMutator {

    private static final int ETHERNET = 14;
    private static final int[] ODD = {0, 1, 2, 3, 7, 8, 15, 16, 31, 39, 40, 59, 60, 63, 64, 127, 128, 254, 255};
    private static final int[] PROTOCOLS = {0, 1, 2, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 132, 135, 136, 255};
    private static final int[] TYPES = {0, 46, 1500, 1501, 0x0800, 0x0806, 0x86DD, 0x8100, 0x88A8, 0x9100, 0x8864};
    private static final int MAX_FRAME = 65_000;

    private final Random random;

    /** Of the frame that is being changed: where its IP header and its transport header are; 0 if there is none. */
    private int ip;

    private int transport;
    private int version;

    FrameMutator(Random random) {
        this.random = random;
    }

    /** Makes one frame, or the fragments of one, out of a frame; {@code other} is there to be mixed in. */
    List<byte[]> mutate(byte[] frame, byte[] other) {
        byte[] changed = frame.clone();
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            locate(changed);
            changed = once(changed, other);
        }
        if (changed.length > MAX_FRAME) {
            changed = Arrays.copyOf(changed, MAX_FRAME);
        }
        locate(changed);
        if (random.nextInt(4) != 0) {
            fixIpv4Checksum(changed);
        }
        return ip != 0 && random.nextInt(6) == 0 ? fragments(changed) : List.of(changed);
    }

    private void locate(byte[] f) {
        ip = 0;
        transport = 0;
        version = 0;
        int at = 12;
        while (at + 6 < f.length && (u16(f, at) == 0x8100 || u16(f, at) == 0x88A8)) {
            at += 4;
        }
        if (at + 2 + 40 > f.length) {
            return;
        }
        int type = u16(f, at);
        if (type == 0x0800) {
            version = 4;
            ip = at + 2;
            transport = ip + (f[ip] & 15) * 4;
        } else if (type == 0x86DD) {
            version = 6;
            ip = at + 2;
            transport = ip + 40;
        }
        if (transport + 20 > f.length) {
            transport = 0;
        }
    }

    private byte[] once(byte[] f, byte[] other) {
        return switch (random.nextInt(16)) {
            case 0 -> flipBits(f);
            case 1 -> overwrite(f, Math.min(f.length, 90));
            case 2 -> overwrite(f, f.length);
            case 3 -> ipLength(f);
            case 4 -> headerSize(f);
            case 5 -> nextHeader(f);
            case 6 -> fragmentField(f);
            case 7 -> tcpNumbers(f);
            case 8 -> tcpFlags(f);
            case 9 -> optionGarbage(f);
            case 10 -> insertHeader(f);
            case 11 -> cutOut(f);
            case 12 -> Arrays.copyOf(f, random.nextInt(f.length + 1));
            case 13 -> splice(f, other);
            case 14 -> etherType(f);
            default -> f; // as it is, between frames that are not
        };
    }

    private byte[] flipBits(byte[] f) {
        for (int i = random.nextInt(8); i >= 0 && f.length > 0; i--) {
            f[random.nextInt(f.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return f;
    }

    private byte[] overwrite(byte[] f, int before) {
        if (before > 0) {
            f[random.nextInt(before)] = (byte) odd();
        }
        return f;
    }

    private int odd() {
        return random.nextBoolean() ? ODD[random.nextInt(ODD.length)] : random.nextInt(256);
    }

    private byte[] ipLength(byte[] f) {
        if (ip != 0) {
            int right = version == 4 ? f.length - ip : f.length - ip - 40;
            int length = random.nextBoolean() ? right + random.nextInt(41) - 20 : random.nextInt(65_536);
            put16(f, version == 4 ? ip + 2 : ip + 4, length);
        }
        if (transport != 0 && random.nextBoolean()) {
            put16(f, transport + 4, random.nextInt(80)); // of UDP
        }
        return f;
    }

    private byte[] headerSize(byte[] f) {
        if (version == 4 && random.nextBoolean()) {
            f[ip] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : 0x40 | random.nextInt(16));
        } else if (transport != 0) {
            f[transport + 12] = (byte) (random.nextInt(16) << 4);
        }
        return f;
    }

    private byte[] nextHeader(byte[] f) {
        if (ip != 0) {
            f[version == 4 ? ip + 9 : ip + 6] = (byte) PROTOCOLS[random.nextInt(PROTOCOLS.length)];
        }
        if (version == 6 && transport != 0 && random.nextBoolean()) {
            f[transport] = (byte) PROTOCOLS[random.nextInt(PROTOCOLS.length)];
            f[transport + 1] = (byte) random.nextInt(4);
        }
        return f;
    }

    private byte[] fragmentField(byte[] f) {
        int field = random.nextInt(4) == 0 ? random.nextInt(65_536) : random.nextInt(6) | (random.nextInt(2) << 13);
        if (version == 4) {
            put16(f, ip + 4, random.nextInt(3));
            put16(f, ip + 6, field);
        } else if (version == 6 && transport != 0) {
            f[ip + 6] = 44;
            f[transport + 1] = 0;
            put16(f, transport + 2, (field << 3) | (field >>> 13));
            put16(f, transport + 4, 0);
            put16(f, transport + 6, random.nextInt(3));
        }
        return f;
    }

    private byte[] tcpNumbers(byte[] f) {
        if (transport != 0) {
            int at = transport + (random.nextBoolean() ? 4 : 8);
            int number = (u16(f, at) << 16) | u16(f, at + 2);
            number += random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(200) - 100;
            put16(f, at, number >>> 16);
            put16(f, at + 2, number);
        }
        return f;
    }

    private byte[] tcpFlags(byte[] f) {
        if (transport != 0) {
            f[transport + 13] = (byte) (random.nextBoolean() ? 1 << random.nextInt(8) : random.nextInt(64));
            put16(f, transport + 14, random.nextInt(4) * random.nextInt(65_536) / 3);
            put16(f, transport + 18, random.nextInt(40));
        }
        return f;
    }

    /** Behind the fixed header, and says that it belongs to it. */
    private byte[] optionGarbage(byte[] f) {
        if (transport == 0) {
            return f;
        }
        boolean isIp = version == 4 && random.nextBoolean();
        int from = isIp ? ip + 20 : transport + 20;
        int words = 1 + random.nextInt(10);
        if (isIp) {
            f[ip] = (byte) (0x45 + words);
        } else {
            f[transport + 12] = (byte) ((5 + words) << 4);
        }
        for (int i = from; i < Math.min(f.length, from + words * 4); i++) {
            f[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(12) : odd());
        }
        return f;
    }

    /** A VLAN tag, or an IPv6 header that the chain leads through, with lengths made right. */
    private byte[] insertHeader(byte[] f) {
        if (f.length < ETHERNET) {
            return f;
        }
        if (version != 6 || random.nextInt(3) == 0) {
            byte[] tagged = insert(f, 12, 4);
            put16(tagged, 12, random.nextBoolean() ? 0x8100 : 0x88A8);
            put16(tagged, 14, random.nextInt(4));
            return tagged;
        }
        byte[] longer = insert(f, ip + 40, 8);
        int[] kinds = {0, 43, 44, 51, 60};
        longer[ip + 40] = longer[ip + 6];
        longer[ip + 6] = (byte) kinds[random.nextInt(kinds.length)];
        for (int i = ip + 42; i < ip + 48; i++) {
            longer[i] = (byte) random.nextInt(5);
        }
        put16(longer, ip + 4, u16(longer, ip + 4) + 8);
        return longer;
    }

    private static byte[] insert(byte[] f, int at, int count) {
        byte[] longer = Arrays.copyOf(f, f.length + count);
        System.arraycopy(f, at, longer, at + count, f.length - at);
        return longer;
    }

    private byte[] cutOut(byte[] f) {
        if (f.length < 2) {
            return f;
        }
        int at = random.nextInt(f.length);
        int count = Math.min(f.length - at, 1 + random.nextInt(24));
        byte[] shorter = Arrays.copyOf(f, f.length - count);
        System.arraycopy(f, at + count, shorter, at, shorter.length - at);
        return shorter;
    }

    private byte[] splice(byte[] f, byte[] other) {
        int at = random.nextInt(Math.min(f.length, 120) + 1);
        int from = random.nextInt(other.length + 1);
        byte[] both = Arrays.copyOf(f, at + other.length - from);
        System.arraycopy(other, from, both, at, other.length - from);
        return both;
    }

    private byte[] etherType(byte[] f) {
        if (f.length >= ETHERNET) {
            put16(f, 12, TYPES[random.nextInt(TYPES.length)]);
        }
        return f;
    }

    /** Cuts a packet into up to five fragments; then perhaps one is lost, doubled or moved over its neighbour. */
    private List<byte[]> fragments(byte[] f) {
        int header = version == 4 ? transport - ip : 40;
        int from = ip + header;
        if (header < 20 || from + 16 > f.length) {
            return List.of(f);
        }
        int id = random.nextInt(4);
        List<byte[]> all = new ArrayList<>();
        int offset = 0;
        while (from + offset < f.length && all.size() < 5) {
            int left = f.length - from - offset;
            int size = all.size() == 4 ? left : Math.min(left, 8 * (1 + random.nextInt(Math.max(1, left / 8))));
            all.add(fragment(
                    f, header, offset + (random.nextInt(40) == 0 ? 8 : 0), from + offset, size, size < left, id));
            offset += size;
        }
        if (random.nextInt(3) == 0) {
            Collections.shuffle(all, random);
        }
        int chosen = random.nextInt(all.size());
        switch (random.nextInt(8)) {
            case 0 -> all.remove(chosen);
            case 1 -> all.add(all.get(chosen));
            case 2 -> all.get(chosen)[all.get(chosen).length - 1] ^= 1;
            default -> {
                // a datagram as it should be
            }
        }
        return all;
    }

    private byte[] fragment(byte[] f, int header, int offset, int from, int size, boolean hasMore, int id) {
        int extra = version == 4 ? 0 : 8;
        byte[] piece = new byte[ip + header + extra + size];
        System.arraycopy(f, 0, piece, 0, ip + header);
        System.arraycopy(f, from, piece, ip + header + extra, size);
        if (version == 4) {
            put16(piece, ip + 2, header + size);
            put16(piece, ip + 4, id);
            put16(piece, ip + 6, offset / 8 | (hasMore ? 0x2000 : 0));
            fixIpv4Checksum(piece);
        } else {
            piece[ip + 40] = piece[ip + 6];
            piece[ip + 6] = 44;
            put16(piece, ip + 4, size + 8);
            put16(piece, ip + 42, offset | (hasMore ? 1 : 0));
            put16(piece, ip + 46, id);
        }
        return piece;
    }

    private void fixIpv4Checksum(byte[] f) {
        int header = version == 4 ? (f[ip] & 15) * 4 : 0;
        if (header < 20 || ip + header > f.length) {
            return;
        }
        put16(f, ip + 10, 0);
        int sum = 0;
        for (int i = 0; i < header; i += 2) {
            sum += u16(f, ip + i);
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        put16(f, ip + 10, ~(sum + (sum >>> 16)));
    }

    private static int u16(byte[] f, int at) {
        return (f[at] & 0xFF) << 8 | (f[at + 1] & 0xFF);
    }

    private static void put16(byte[] f, int at, int value) {
        f[at] = (byte) (value >>> 8);
        f[at + 1] = (byte) value;
    }
}
