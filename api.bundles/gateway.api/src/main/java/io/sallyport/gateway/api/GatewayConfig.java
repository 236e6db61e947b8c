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
 */
public record GatewayConfig(
        Path home, String lan, String wan, @Nullable Path policy, boolean isForced) {

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
