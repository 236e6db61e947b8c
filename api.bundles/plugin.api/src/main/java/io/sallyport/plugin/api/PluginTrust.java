package io.sallyport.plugin.api;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service of the deploy bundle in a live gateway: whose plug-ins it takes. What is changed here is in force when the
 * call returns: plug-ins that are no longer trusted are uninstalled, those that waited for it are started. Management plane,
 * any thread. Every method fails with an {@link IOException} whose message is one line for people.
 */
@ProviderType
public interface PluginTrust {

    /**
     * A vendor.
     *
     * @param name as the operator calls it
     * @param subject as its certificate calls it
     * @param key fingerprint of its key
     * @param callouts patterns of the callout keys that it may use
     * @param providers patterns of the symbolic names, and so providers, that its bundles may have
     */
    record Vendor(String name, String subject, String key, List<String> callouts, List<String> providers) {
        /** Copies. */
        public Vendor {
            callouts = List.copyOf(callouts);
            providers = List.copyOf(providers);
        }
    }

    /**
     * The vendors that are trusted.
     *
     * @return by name
     * @throws IOException if the folder cannot be read
     */
    List<Vendor> vendors() throws IOException;

    /**
     * Trusts a key, or gives a known vendor another key or scope.
     *
     * @param name for the vendor
     * @param certificate file in PEM form
     * @param callouts patterns: a name, {@code a.b.*} or {@code *}
     * @param providers patterns likewise
     * @return the vendor
     * @throws IOException what is wrong
     */
    Vendor add(String name, Path certificate, List<String> callouts, List<String> providers) throws IOException;

    /**
     * Trusts a vendor no longer.
     *
     * @param name of the vendor
     * @throws IOException if there is none
     */
    void remove(String name) throws IOException;

    /**
     * Accepts a file's present content without a signature for a while.
     *
     * @param jar the file
     * @param time how long, up to 30 days
     * @return its digest
     * @throws IOException if it cannot be read
     */
    String accept(Path jar, Duration time) throws IOException;

    /** Ends all acceptances of unsigned files. */
    void endAcceptances() throws IOException;

    /**
     * What is accepted without a signature.
     *
     * @return until when, by digest
     * @throws IOException if the folder cannot be read
     */
    Map<String, Instant> accepted() throws IOException;

    /**
     * Approves a budget.
     *
     * @param symbolicName of a plug-in, installed or not
     * @param budget as in the header {@code Sallyport-Budget}; empty: the default
     * @return the budget as it is understood
     * @throws IOException what is wrong with it
     */
    String approve(String symbolicName, String budget) throws IOException;

    /**
     * What is approved.
     *
     * @return budgets by symbolic name
     * @throws IOException if the folder cannot be read
     */
    Map<String, String> approved() throws IOException;

    /**
     * Says whether every new jar has to pass the conformance suite before it is installed, whatever way it comes by. What runs
     * already goes on.
     *
     * @param isRequired false: only where it is asked for
     * @throws IOException if that cannot be written
     */
    void requireConformance(boolean isRequired) throws IOException;

    /**
     * Tells whether every new jar has to pass the conformance suite.
     *
     * @return what was said last; false at first
     * @throws IOException if the folder cannot be read
     */
    boolean isConformanceRequired() throws IOException;

    /**
     * What everybody who works with this gateway should see: unsigned files are accepted.
     *
     * @return a few words, or empty
     */
    String warning();
}
