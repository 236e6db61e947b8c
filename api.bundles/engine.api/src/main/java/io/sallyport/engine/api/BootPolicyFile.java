package io.sallyport.engine.api;

import java.io.IOException;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service of the engine bundle: the boot-time policy on disk, which the engine reads at its start, before any port
 * opens and without the base filtering engine (BOOT-1). The file holds a format version, the revision, the image and a
 * checksum over all of it; it is written to a temporary name, forced to disk and renamed, so that there is always a whole
 * one. Safe for use by any thread.
 */
@ProviderType
public interface BootPolicyFile {

    /**
     * Reads a file.
     *
     * @param file its path
     * @return the policy, equal to what was written
     * @throws IOException if it cannot be read, is of another format version, or is damaged; the message says which
     */
    PolicyImage read(Path file) throws IOException;

    /**
     * Replaces a file.
     *
     * @param file its path
     * @param image the boot-time policy
     * @throws IOException if it could not be written; the old file is still there
     */
    void write(Path file, PolicyImage image) throws IOException;
}
