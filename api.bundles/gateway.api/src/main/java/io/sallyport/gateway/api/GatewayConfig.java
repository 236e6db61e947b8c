package io.sallyport.gateway.api;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How this gateway was started. OSGi service of the run bundle: while it is there, the other bundles make up a live
 * gateway; without it (a replay) none of them opens a port, a store or a socket. Immutable.
 *
 * @param home folder of everything that outlives the process; absolute, exists, and is locked for this process
 * @param lan name of the inside interface
 * @param wan name of the outside interface
 * @param policy policy file of the command line, in force instead of the shipped default policy; null if none was named
 * @param isForced interfaces may be bridged, forwarding or addressed
 * @param adminGroup system group whose members administer the gateway by its control socket, beside root
 * @param operatorGroup system group whose members are operators there
 */
public record GatewayConfig(
        Path home,
        String lan,
        String wan,
        @Nullable Path policy,
        boolean isForced,
        String adminGroup,
        String operatorGroup) {

    /** The group of administrators unless the command line says otherwise. */
    public static final String DEFAULT_ADMIN_GROUP = "sallyport";

    /** The group of operators unless the command line says otherwise. */
    public static final String DEFAULT_OPERATOR_GROUP = "sallyport-operator";

    /**
     * A gateway with the default groups.
     *
     * @param home folder of everything that outlives the process
     * @param lan name of the inside interface
     * @param wan name of the outside interface
     * @param policy policy file of the command line, or null
     * @param isForced interfaces may be bridged, forwarding or addressed
     */
    public GatewayConfig(Path home, String lan, String wan, @Nullable Path policy, boolean isForced) {
        this(home, lan, wan, policy, isForced, DEFAULT_ADMIN_GROUP, DEFAULT_OPERATOR_GROUP);
    }

    /**
     * Configuration that operators may edit: {@code boot-policy.yaml}, {@code default-policy.yaml}.
     *
     * @return a folder
     */
    public Path etc() {
        return home.resolve("etc");
    }

    /**
     * The hot-deploy folder.
     *
     * @return a folder
     */
    public Path plugins() {
        return home.resolve("plugins");
    }

    /**
     * The BFE's store, and {@code boot.bin}.
     *
     * @return a folder
     */
    public Path store() {
        return home.resolve("store");
    }

    /**
     * Logs.
     *
     * @return a folder
     */
    public Path log() {
        return home.resolve("log");
    }

    /**
     * What lives as long as the process: lock, control socket.
     *
     * @return a folder
     */
    public Path run() {
        return home.resolve("run");
    }

    /**
     * The socket of the shell.
     *
     * @return a path, whether it exists or not
     */
    public Path controlSocket() {
        return run().resolve("control.sock");
    }

    /**
     * The boot-time policy as the last commit left it; format in {@code io.sallyport.engine.api.BootPolicyFile}.
     *
     * @return a path, whether it exists or not
     */
    public Path bootPolicyFile() {
        return store().resolve("boot.bin");
    }
}
