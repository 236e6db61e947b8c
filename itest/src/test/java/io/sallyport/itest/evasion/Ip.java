package io.sallyport.itest.evasion;

/** What can be chosen about an IP packet and its frame. */
final class Ip {
    /** Options of IPv4, a multiple of four bytes; at IPv6 a whole extension header, whose first byte is filled in. */
    byte[] options = {};
    /** Type of the extension header that {@link #options} is: hop-by-hop 0, routing 43, destination 60. */
    int optionsType = 60;

    int ttl = 64;
    int id;
    int vlan = -1;
    boolean isDontFragment;
    boolean isAtomic;

    static Ip plain() {
        return new Ip();
    }

    static Ip ttl(int ttl) {
        Ip ip = new Ip();
        ip.ttl = ttl;
        return ip;
    }

    static Ip id(int id) {
        Ip ip = new Ip();
        ip.id = id;
        return ip;
    }

    static Ip vlan(int vlan) {
        Ip ip = new Ip();
        ip.vlan = vlan;
        return ip;
    }

    static Ip atomic(int id) {
        Ip ip = id(id);
        ip.isAtomic = true;
        return ip;
    }
}
