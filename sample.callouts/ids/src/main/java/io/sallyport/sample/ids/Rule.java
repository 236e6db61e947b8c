package io.sallyport.sample.ids;

import java.util.List;

/** One rule. Immutable. */
final class Rule {

    /** What a match means. */
    enum Action {
        /** It is counted. */
        ALERT,
        /** The datagram, or the connection, is dropped. */
        DROP,
        /** Nothing of the datagram, or of the rest of the connection, is looked at. */
        PASS
    }

    /** Which side of the gateway an end of the rule is at. */
    enum Side {
        ANY,
        INSIDE,
        OUTSIDE
    }

    /** Who must have sent the data. */
    enum Sender {
        ANYBODY,
        CLIENT,
        SERVER
    }

    /** What stands before the parenthesis. */
    static final class Header {
        Action action = Action.ALERT;
        boolean isTcp;
        boolean isUdp;
        Side source = Side.ANY;
        Side target = Side.ANY;
        PortSet sourcePorts;
        PortSet targetPorts;
        boolean isBothWays;

        Header(PortSet sourcePorts, PortSet targetPorts) {
            this.sourcePorts = sourcePorts;
            this.targetPorts = targetPorts;
        }
    }

    private final Header header;
    private final long sid;
    private final Sender sender;
    private final int leastBytes;
    private final int mostBytes;
    private final List<Content> contents;

    Rule(Header header, long sid, Sender sender, int leastBytes, int mostBytes, List<Content> contents) {
        this.header = header;
        this.sid = sid;
        this.sender = sender;
        this.leastBytes = leastBytes;
        this.mostBytes = mostBytes;
        this.contents = List.copyOf(contents);
    }

    Action action() {
        return header.action;
    }

    long sid() {
        return sid;
    }

    boolean isTcp() {
        return header.isTcp;
    }

    List<Content> contents() {
        return contents;
    }

    /** Of a datagram: whether its size fits. */
    boolean fits(int lengthBytes) {
        return lengthBytes >= leastBytes && lengthBytes <= mostBytes;
    }

    /** Whether the rule is about data of these two ends. */
    boolean applies(boolean isTcp, boolean isFromInside, boolean isFromClient, int insidePort, int outsidePort) {
        boolean isSender = sender == Sender.ANYBODY || (sender == Sender.CLIENT) == isFromClient;
        if (!(isTcp ? header.isTcp : header.isUdp) || !isSender) {
            return false;
        }
        int from = isFromInside ? insidePort : outsidePort;
        int to = isFromInside ? outsidePort : insidePort;
        return fitsEnds(isFromInside, from, to) || (header.isBothWays && fitsEnds(!isFromInside, to, from));
    }

    private boolean fitsEnds(boolean isSourceInside, int sourcePort, int targetPort) {
        return fits(header.source, isSourceInside)
                && fits(header.target, !isSourceInside)
                && header.sourcePorts.contains(sourcePort)
                && header.targetPorts.contains(targetPort);
    }

    private static boolean fits(Side side, boolean isInside) {
        return side == Side.ANY || (side == Side.INSIDE) == isInside;
    }
}
