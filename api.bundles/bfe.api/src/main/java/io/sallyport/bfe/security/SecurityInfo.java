package io.sallyport.bfe.security;

import java.util.List;
import java.util.Objects;

/**
 * Owner and discretionary access list of the engine, a container or an object (SEC-1). There are no lists for audit.
 *
 * @param owner may always read and change the list
 * @param entries its own ones; the first that names a right decides about it, before what is inherited
 * @param isProtected inherits nothing
 */
public record SecurityInfo(Trustee owner, List<AccessEntry> entries, boolean isProtected) {

    /** Most entries that one list can have. */
    public static final int MOST_ENTRIES = 64;

    /** Checks for null, and copies. */
    public SecurityInfo {
        Objects.requireNonNull(owner, "owner");
        entries = List.copyOf(entries);
        if (owner.kind() == Trustee.Kind.OWNER || owner.kind() == Trustee.Kind.EVERYONE) {
            throw new IllegalArgumentException(owner + " cannot be an owner");
        }
        if (entries.size() > MOST_ENTRIES) {
            throw new IllegalArgumentException(entries.size() + " entries, at most " + MOST_ENTRIES + " are possible");
        }
    }

    /**
     * What an object has that was added without any: nothing but what it inherits (SEC-8).
     *
     * @param owner who owns it
     * @return no entries of its own
     */
    public static SecurityInfo inherited(Trustee owner) {
        return new SecurityInfo(owner, List.of(), false);
    }
}
