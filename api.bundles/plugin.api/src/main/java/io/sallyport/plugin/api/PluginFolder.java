package io.sallyport.plugin.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service of the deploy bundle in a live gateway: the hot-deploy folder. The folder is the truth; what is installed
 * follows it. A jar that appears is installed and started, one that is replaced is started beside the old version, takes
 * over its callouts between two packets, with the flows, and only then the old one goes; one that is deleted is uninstalled. Management plane; changes are serialised.
 */
@ProviderType
public interface PluginFolder {

    /** When the conformance suite runs over a jar, in a process of its own, after all other checks and before the install. */
    enum Conformance {
        /** If the operator {@linkplain PluginTrust#requireConformance requires} it of every jar. */
        IF_REQUIRED,
        /** Anew, whatever is required. */
        ASKED_FOR
    }

    /**
     * Tells whether every jar that was there at the start is active or refused.
     *
     * @return true from then on
     */
    boolean isSettled();

    /**
     * What became of each jar of the folder, in the order of their names.
     *
     * @return a snapshot
     */
    List<PluginReport> plugins();

    /**
     * Copies a jar into the folder under its own name (to a temporary name, then renamed) and waits for what becomes of it.
     *
     * @param jar any readable file
     * @param conformance when the suite has to be passed; up to two minutes, in which other changes wait
     * @return active or refused; a refused one that replaced another leaves the other in place and running
     * @throws IOException if it cannot be copied
     */
    PluginReport install(Path jar, Conformance conformance) throws IOException;

    /**
     * {@link #install(Path, Conformance)}, with the suite if it is required.
     *
     * @param jar any readable file
     * @return active or refused
     * @throws IOException if it cannot be copied
     */
    default PluginReport install(Path jar) throws IOException {
        return install(jar, Conformance.IF_REQUIRED);
    }

    /**
     * Puts a jar in the place of the one that holds an earlier version of its bundle, whatever that is called.
     *
     * @param jar any readable file
     * @param conformance as in {@link #install(Path, Conformance)}
     * @return as there
     * @throws IOException if no version of its bundle is installed, or it cannot be copied
     */
    PluginReport update(Path jar, Conformance conformance) throws IOException;

    /**
     * {@link #update(Path, Conformance)}, with the suite if it is required.
     *
     * @param jar any readable file
     * @return as there
     * @throws IOException if no version of its bundle is installed, or it cannot be copied
     */
    default PluginReport update(Path jar) throws IOException {
        return update(jar, Conformance.IF_REQUIRED);
    }

    /**
     * Tells what would become of a jar, by the same checks as an install; nothing of it runs in this process, and nothing
     * changes.
     *
     * @param jar any readable file
     * @param conformance as in {@link #install(Path, Conformance)}
     * @return the answer
     * @throws IOException if it cannot be copied
     */
    PluginCheck check(Path jar, Conformance conformance) throws IOException;

    /**
     * {@link #check(Path, Conformance)}, with the suite if it is required.
     *
     * @param jar any readable file
     * @return the answer
     * @throws IOException if it cannot be copied
     */
    default PluginCheck check(Path jar) throws IOException {
        return check(jar, Conformance.IF_REQUIRED);
    }

    /**
     * Deletes a jar from the folder and waits until its bundle is uninstalled.
     *
     * @param plugin name of its file, or symbolic name of its bundle
     * @return what it was
     * @throws IOException if there is none, or it cannot be deleted
     */
    PluginReport uninstall(String plugin) throws IOException;
}
