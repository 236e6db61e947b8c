package io.sallyport.sample.clamav;

import io.sallyport.callout.FilterRefusedException;
import io.sallyport.sample.parts.Contexts;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Map;
import java.util.Set;

/** What the context of a filter says. Immutable. */
final class ScanRules {

    private static final Set<String> KEYS = Set.of("socket", "unavailable");

    private final SocketAddress clamd;
    private final boolean isUnscannedPermitted;

    private ScanRules(SocketAddress clamd, boolean isUnscannedPermitted) {
        this.clamd = clamd;
        this.isUnscannedPermitted = isUnscannedPermitted;
    }

    /**
     * Reads a provider context.
     *
     * @param context {@code {socket: /run/clamav/clamd.ctl, unavailable: block}}
     * @return what it says
     * @throws FilterRefusedException if it makes no sense
     */
    static ScanRules parse(Map<String, Object> context) throws FilterRefusedException {
        Contexts.requireKnown("clamav", context, KEYS);
        if (!(context.get("socket") instanceof String socket)) {
            throw new FilterRefusedException(
                    "clamav needs a context with the socket of clamd, e.g. {socket: /run/clamav/clamd.ctl}");
        }
        return new ScanRules(address(socket), Contexts.isPermit(context, "unavailable", false));
    }

    private static SocketAddress address(String socket) throws FilterRefusedException {
        if (socket.startsWith("/") && socket.length() < 108) {
            return UnixDomainSocketAddress.of(socket);
        }
        if (socket.matches("(127\\.0\\.0\\.1|\\[::1\\]):[0-9]{1,5}")) {
            int colon = socket.lastIndexOf(':');
            int port = Integer.parseInt(socket.substring(colon + 1));
            if (port > 0 && port < 65_536) {
                return new InetSocketAddress(socket.substring(0, colon), port);
            }
        }
        throw new FilterRefusedException(
                "socket must be a path, or a port of this host as 127.0.0.1:3310, not " + Contexts.quote(socket));
    }

    SocketAddress clamd() {
        return clamd;
    }

    /** Whether a file may pass that clamd could not be asked about. */
    boolean isUnscannedPermitted() {
        return isUnscannedPermitted;
    }
}
