package io.sallyport.shell.socket;

import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.shell.system.NameDatabase;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Peers by what the kernel says of them (SO_PEERCRED): user and first group of the process that connected. Other groups come
 * from the group database, by the user's name. Root, whoever runs this process, and the members of the group of administrators
 * administer; those of the group of operators operate; all others may only view.
 */
final class KernelPeers implements Peers {
    private final Set<UserPrincipal> privileged;
    private final String adminGroup;
    private final String operatorGroup;
    private final Function<String, Set<String>> members;

    /**
     * Made by {@link #of}, and by tests.
     *
     * @param privileged always administer
     * @param adminGroup name of a group, which need not exist
     * @param operatorGroup name of a group, which need not exist
     * @param members login names by the name of a group
     */
    KernelPeers(
            Set<UserPrincipal> privileged,
            String adminGroup,
            String operatorGroup,
            Function<String, Set<String>> members) {
        this.privileged = Set.copyOf(privileged);
        this.adminGroup = adminGroup;
        this.operatorGroup = operatorGroup;
        this.members = members;
    }

    /** For the owner of a file that this process made. */
    static KernelPeers of(Path own, String adminGroup, String operatorGroup) throws IOException {
        Set<UserPrincipal> privileged = new HashSet<>();
        privileged.add(Files.getOwner(own));
        try {
            privileged.add(
                    FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("root"));
        } catch (IOException e) {
            // A system without the name: then root is not told apart, and may only view.
        }
        return new KernelPeers(privileged, adminGroup, operatorGroup, NameDatabase::members);
    }

    @Override
    public boolean isPrivileged(SocketChannel channel) throws IOException {
        return privileged.contains(credentials(channel).user());
    }

    @Override
    public Principal principal(SocketChannel channel) throws IOException {
        UnixDomainPrincipal peer = credentials(channel);
        return new Principal(role(peer), peer.user().getName());
    }

    private Role role(UnixDomainPrincipal peer) {
        if (privileged.contains(peer.user()) || isIn(peer, adminGroup)) {
            return Role.ADMIN;
        }
        return isIn(peer, operatorGroup) ? Role.OPERATOR : Role.VIEWER;
    }

    private boolean isIn(UnixDomainPrincipal peer, String group) {
        return peer.group().getName().equals(group)
                || members.apply(group).contains(peer.user().getName());
    }

    private static UnixDomainPrincipal credentials(SocketChannel channel) throws IOException {
        return channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    }
}
