package io.sallyport.bfe.api;

import java.io.IOException;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/** Policy files: strict YAML or JSON, applied as one transaction, replacing only the objects of the provider they name. */
@ProviderType
public interface PolicyFiles {

    /**
     * Checks a file completely, its tests included, and changes nothing.
     *
     * @param file the policy
     * @return every problem that could be found, and what would change
     * @throws IOException if the file cannot be read
     */
    PolicyReport validate(Path file) throws IOException;

    /**
     * Checks a file and puts it in force, unless it has problems.
     *
     * @param file the policy
     * @return the same as {@link #validate}; if {@link PolicyReport#isValid()}, it is in force
     * @throws IOException if the file cannot be read
     */
    PolicyReport apply(Path file) throws IOException;

    /**
     * Prints the objects of a provider as a file that {@link #apply} reads: the round trip is exact.
     *
     * @param provider name of the provider
     * @return YAML; a file without objects if there is no such provider
     */
    String export(String provider);
}
