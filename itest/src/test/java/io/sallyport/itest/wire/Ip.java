package io.sallyport.itest.wire;

/** What can be chosen about an IP packet and its frame. */
public final class Ip {
    /** Options of IPv4, a multiple of four bytes; at IPv6 a whole extension header, whose first byte is filled in. */
    public byte[] options = {};
    /** Type of the extension header that {@link #options} is: hop-by-hop 0, routing 43, destination 60. */
    public int optionsType = 60;

    public int ttl = 64;
    public int id;
    public int vlan = -1;
    public boolean isDontFragment;
    public boolean isAtomic;

    public static Ip plain() {
        return new Ip();
    }

    public static Ip ttl(int ttl) {
        Ip ip = new Ip();
        ip.ttl = ttl;
        return ip;
    }

    public static Ip id(int id) {
        Ip ip = new Ip();
        ip.id = id;
        return ip;
    }

    public static Ip vlan(int vlan) {
        Ip ip = new Ip();
        ip.vlan = vlan;
        return ip;
    }

    public static Ip atomic(int id) {
        Ip ip = id(id);
        ip.isAtomic = true;
        return ip;
    }
}
