package io.sallyport.deploy.trust;

import java.io.Serial;

/** Why a jar is not let in: one line, which names what is wrong and what would help. */
public final class Untrusted extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    Untrusted(String line) {
        super(line, null, false, false);
    }

    /**
     * The line.
     *
     * @return for people
     */
    public String line() {
        return String.valueOf(getMessage());
    }
}
