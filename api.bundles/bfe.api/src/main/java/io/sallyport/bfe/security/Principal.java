package io.sallyport.bfe.security;

import java.util.Objects;

/**
 * On whose behalf a session works. Whoever opens a session in this process vouches for it: the control socket by what the
 * kernel says of its peer, the service for plug-ins by the bundle that asked.
 *
 * @param role what it is
 * @param name login name of a user, symbolic name of a bundle
 */
public record Principal(Role role, String name) {

    /** The gateway itself; no check applies to it (SEC-5). */
    public static final Principal SYSTEM = new Principal(Role.SYSTEM, "gateway");

    /** Checks for null and blank. */
    public Principal {
        Objects.requireNonNull(role, "role");
        if (name.isBlank()) {
            throw new IllegalArgumentException("a principal has a name");
        }
    }

    /**
     * A plug-in.
     *
     * @param symbolicName of its bundle
     * @return a vendor
     */
    public static Principal vendor(String symbolicName) {
        return new Principal(Role.VENDOR, symbolicName);
    }

    /**
     * Whom rights can be given to that are this principal's alone.
     *
     * @return a user, or a bundle
     */
    public Trustee self() {
        return role == Role.VENDOR ? Trustee.bundle(name) : Trustee.user(name);
    }

    /**
     * Who owns what this principal makes. What administrators and the gateway make belongs to all administrators.
     *
     * @return an owner
     */
    public Trustee owner() {
        return role == Role.ADMIN || role == Role.SYSTEM ? Trustee.role(Role.ADMIN) : self();
    }

    /**
     * For people.
     *
     * @return e.g. {@code user:alice (operator)}
     */
    @Override
    public String toString() {
        return self() + " (" + role.word() + ")";
    }
}
