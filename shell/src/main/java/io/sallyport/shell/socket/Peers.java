package io.sallyport.shell.socket;

import io.sallyport.bfe.security.Principal;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Who is at the other end of a connection. Any thread. */
interface Peers {

    /**
     * Whether a peer is root or whoever runs this process, at a glance: the kernel says, nobody is asked.
     *
     * @throws IOException if the connection is gone
     */
    boolean isPrivileged(SocketChannel channel) throws IOException;

    /**
     * The peer as a principal. May ask the group database, so it may take seconds.
     *
     * @throws IOException if the connection is gone
     */
    Principal principal(SocketChannel channel) throws IOException;
}
