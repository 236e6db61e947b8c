package io.sallyport.bfe.security;

import io.sallyport.policy.AccessRights;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Rights that somebody is allowed or denied (an ACE of a discretionary list).
 *
 * @param isAllowed false: denied
 * @param trustee who
 * @param rights bits of {@link AccessRights}
 * @param scope where
 */
public record AccessEntry(boolean isAllowed, Trustee trustee, int rights, Scope scope) {

    private static final Map<Integer, String> GENERIC = Map.of(
            AccessRights.GENERIC_ALL, "generic-all",
            AccessRights.GENERIC_READ, "generic-read",
            AccessRights.GENERIC_WRITE, "generic-write",
            AccessRights.GENERIC_EXECUTE, "generic-execute");

    /** Where an entry counts: engine and containers hand entries down (SEC-1). */
    public enum Scope {
        /** Where it stands, and below. */
        ALL,
        /** Where it stands. */
        THIS,
        /** Below only. */
        BELOW;

        /**
         * The word for people and files.
         *
         * @return in lower case
         */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Checks for null, and for bits that mean nothing. */
    public AccessEntry {
        Objects.requireNonNull(trustee, "trustee");
        Objects.requireNonNull(scope, "scope");
        if ((rights & ~AccessRights.GENERIC_ALL) != 0 || rights == 0) {
            throw new IllegalArgumentException("no rights: 0x" + Integer.toHexString(rights));
        }
    }

    /**
     * Allows.
     *
     * @param trustee whom
     * @param rights what
     * @param scope where
     * @return an entry
     */
    public static AccessEntry allow(Trustee trustee, int rights, Scope scope) {
        return new AccessEntry(true, trustee, rights, scope);
    }

    /**
     * Denies.
     *
     * @param trustee whom
     * @param rights what
     * @param scope where
     * @return an entry
     */
    public static AccessEntry deny(Trustee trustee, int rights, Scope scope) {
        return new AccessEntry(false, trustee, rights, scope);
    }

    /**
     * The names of rights, a generic one if the set is exactly that (SEC-10).
     *
     * @param rights bits of {@link AccessRights}
     * @return policy names
     */
    public static List<String> names(int rights) {
        String generic = GENERIC.get(rights);
        if (generic != null) {
            return List.of(generic);
        }
        List<String> names = new ArrayList<>(AccessRights.names(rights));
        names.removeIf(name -> name.startsWith("generic-"));
        return names;
    }

    /**
     * The bits of rights.
     *
     * @param names policy names, generic ones too
     * @return empty if one of them is unknown, or there is none
     */
    public static OptionalInt rights(List<String> names) {
        int rights = 0;
        for (String name : names) {
            OptionalInt bits = AccessRights.byName(name);
            if (bits.isEmpty()) {
                return bits;
            }
            rights |= bits.getAsInt();
        }
        return rights == 0 ? OptionalInt.empty() : OptionalInt.of(rights);
    }

    /**
     * For people.
     *
     * @return e.g. {@code deny user:bob delete,write-dac}
     */
    @Override
    public String toString() {
        String text = (isAllowed ? "allow " : "deny ") + trustee + " " + String.join(",", names(rights));
        return scope == Scope.ALL ? text : text + " @" + scope.name().toLowerCase(Locale.ROOT);
    }
}
