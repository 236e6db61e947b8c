package io.sallyport.gateway.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service of the run bundle: tells the operator what happens outside of the packet path. Every line goes to the log,
 * to the {@link NetEvents} if they are there, and to stderr of {@code run} unless a session has that terminal. Safe for use
 * by any thread but a worker's; never blocks for long.
 */
@ProviderType
public interface Notices {

    /**
     * Something changed as it was meant to.
     *
     * @param line one line that names the object and what became of it
     */
    void state(String line);

    /**
     * Something failed or was refused.
     *
     * @param line one line that names the object, what is wrong and what would help
     */
    void fault(String line);
}
