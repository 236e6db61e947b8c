package io.sallyport.policy;

import java.util.Locale;

/** What a {@link PolicySet} holds, and so which fields it can be compared with. */
public enum SetKind {
    /** IPv4 and IPv6 addresses: for address fields, where the IPv4 or the IPv6 entries count. */
    ADDRESSES,
    /** Port numbers: for 16-bit fields. */
    PORTS;

    /**
     * The word for messages and policy files.
     *
     * @return e.g. {@code addresses}
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
