package io.sallyport.bfe.security;

import java.util.Locale;

/** What somebody is, from which the default rights follow (SEC-3). */
public enum Role {
    /** Anybody else: opens sessions, and reads nothing (SEC-4). */
    GUEST,
    /** Reads and subscribes. */
    VIEWER,
    /** Reads, and makes and changes objects of its own. */
    OPERATOR,
    /** May do everything that nobody has denied, and may take ownership of the rest (SEC-6). */
    ADMIN,
    /** A plug-in: makes dynamic objects of its own provider, and sees no others. */
    VENDOR,
    /** The gateway itself: nothing is checked (SEC-5). */
    SYSTEM;

    /**
     * The word for people and files.
     *
     * @return in lower case
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
