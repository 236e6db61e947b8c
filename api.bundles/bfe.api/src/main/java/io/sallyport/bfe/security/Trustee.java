package io.sallyport.bfe.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whom an access entry is about, or who owns something.
 *
 * @param kind what kind of name
 * @param name of a role, user or bundle; empty for the other kinds
 */
public record Trustee(Kind kind, String name) {

    /** Every principal. */
    public static final Trustee EVERYONE = new Trustee(Kind.EVERYONE, "");

    /** Whoever owns the object in question, as in an entry that objects inherit. */
    public static final Trustee OWNER = new Trustee(Kind.OWNER, "");

    /** Kinds of trustees. */
    public enum Kind {
        /** All. */
        EVERYONE,
        /** The owner of the object, whoever that is. */
        OWNER,
        /** All of one role. */
        ROLE,
        /** One user. */
        USER,
        /** One plug-in. */
        BUNDLE
    }

    /** Checks that there is a name where there must be one, and a known one for a role. */
    public Trustee {
        Objects.requireNonNull(kind, "kind");
        boolean isNamed = kind == Kind.ROLE || kind == Kind.USER || kind == Kind.BUNDLE;
        if (isNamed == name.isBlank()) {
            throw new IllegalArgumentException(isNamed ? "a name is missing" : "it has no name");
        }
        if (kind == Kind.ROLE
                && Arrays.stream(Role.values()).noneMatch(role -> role.word().equals(name))) {
            throw new IllegalArgumentException("there is no role " + name);
        }
    }

    /**
     * All of one role.
     *
     * @param role which one
     * @return a trustee
     */
    public static Trustee role(Role role) {
        return new Trustee(Kind.ROLE, role.word());
    }

    /**
     * One user.
     *
     * @param name login name
     * @return a trustee
     */
    public static Trustee user(String name) {
        return new Trustee(Kind.USER, name);
    }

    /**
     * One plug-in.
     *
     * @param symbolicName of its bundle
     * @return a trustee
     */
    public static Trustee bundle(String symbolicName) {
        return new Trustee(Kind.BUNDLE, symbolicName);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @param text e.g. {@code role:operator}, {@code user:alice}, {@code everyone}
     * @return null if it is none
     */
    public static @Nullable Trustee parse(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        String name = colon < 0 ? "" : text.substring(colon + 1);
        for (Kind it : Kind.values()) {
            if (word(it).equals(kind)) {
                try {
                    return new Trustee(it, name);
                } catch (IllegalArgumentException e) {
                    return null;
                }
            }
        }
        return null;
    }

    /**
     * Tells whether a principal is meant.
     *
     * @param principal who asks
     * @param owner of the object in question
     * @return true if it is meant
     */
    public boolean includes(Principal principal, Trustee owner) {
        return switch (kind) {
            case EVERYONE -> true;
            case OWNER -> owner.kind != Kind.OWNER && owner.includes(principal, owner);
            case ROLE -> principal.role().word().equals(name);
            case USER, BUNDLE -> principal.self().equals(this);
        };
    }

    private static String word(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return name.isEmpty() ? word(kind) : word(kind) + ":" + name;
    }
}
