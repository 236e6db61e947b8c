package io.sallyport.shell.command;

/** IP protocols as events name them. */
final class Protocols {
    private Protocols() {}

    static String name(int protocol) {
        return switch (protocol) {
            case 1 -> "icmp";
            case 6 -> "tcp";
            case 17 -> "udp";
            case 58 -> "icmpv6";
            default -> Integer.toString(protocol);
        };
    }
}
