package io.sallyport.shell.socket;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;

/** Who may connect: root, and whoever runs this process. The kernel says who the other side is. */
final class Peer {
    private final Set<UserPrincipal> welcome;

    private Peer(Set<UserPrincipal> welcome) {
        this.welcome = welcome;
    }

    /**
     * Root and this process.
     *
     * @param own a file that this process made
     */
    static Peer rootAndOwnerOf(Path own) throws IOException {
        Set<UserPrincipal> welcome = new HashSet<>();
        welcome.add(Files.getOwner(own));
        try {
            welcome.add(FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("root"));
        } catch (IOException e) {
            // A system without the name: then root is not told apart, and not let in.
        }
        return new Peer(welcome);
    }

    static Peer only(Set<UserPrincipal> welcome) {
        return new Peer(Set.copyOf(welcome));
    }

    boolean isWelcome(SocketChannel channel) throws IOException {
        return welcome.contains(
                channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
    }
}
