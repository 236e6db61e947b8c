package io.sallyport.bfe.internal.disk;

import java.io.IOException;
import java.io.Serial;

/** What is on disk is not what was written there, or was written by another version of the format. */
public final class StoreDamagedException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    StoreDamagedException(String message) {
        super(message);
    }

    StoreDamagedException(String message, Throwable cause) {
        super(message, cause);
    }
}
