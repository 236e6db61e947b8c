package io.sallyport.gateway.api;

import org.osgi.annotation.versioning.ProviderType;

/** OSGi service of the shell: a session on the terminal of the gateway's own process ({@code run --shell}). */
@ProviderType
public interface LocalConsole {

    /**
     * Runs a session until its end: Ctrl-D, {@code exit}, or the thread is interrupted. The gateway goes on.
     *
     * @throws InterruptedException if the thread was interrupted
     */
    void runSession() throws InterruptedException;
}
