package io.sallyport.deploy.trust;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/**
 * Trust of one home: the gate that jars pass, and the desk where operators change it.
 *
 * @param gate judges jars
 * @param files what it goes by
 * @param clock of the operator's time limits
 */
public record Trust(TrustGate gate, TrustFiles files, InstantSource clock) {
    /** Framework property: {@code off} asks for no signatures; for labs and tests. */
    public static final String SWITCH = "sallyport.trust";

    /** Framework property: file of a vendor's key that a new home trusts. */
    public static final String SEED = "sallyport.trust.seed";

    /**
     * Opens the trust of a home.
     *
     * @param folder {@code etc/trust}
     * @param system context of bundle 0
     * @param faults is told of files that cannot be used
     * @return to be used by the deployer
     */
    public static Trust open(Path folder, BundleContext system, Consumer<String> faults) {
        boolean isOff = "off".equals(system.getProperty(SWITCH));
        TrustFiles files = new TrustFiles(folder);
        @Nullable String seed = system.getProperty(SEED);
        try {
            if (seed != null) {
                files.seed(Path.of(seed));
            }
        } catch (IOException e) {
            faults.accept("the samples' key cannot be put into " + folder + " (" + e.getMessage()
                    + "); their plug-ins are refused");
        }
        InstantSource clock = InstantSource.system();
        return new Trust(new TrustGate(files, () -> HostPackages.of(system), clock, faults, isOff), files, clock);
    }

    /**
     * Makes the desk.
     *
     * @param deployer runs changes
     * @param follow makes the deployer follow a change; called by that thread
     * @return a service for the shell
     */
    public TrustDesk desk(TrustDesk.Runner deployer, Runnable follow) {
        return new TrustDesk(files, gate, clock, deployer, follow);
    }
}
