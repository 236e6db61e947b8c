package io.sallyport.sample.tls.sni;

import io.sallyport.callout.FilterRefusedException;
import io.sallyport.sample.parts.Contexts;
import io.sallyport.sample.parts.HostNames;
import java.util.Map;
import java.util.Set;

/** What the context of a filter says. Immutable. */
final class SniRules {

    private static final Set<String> KEYS = Set.of("names", "without-name", "encrypted-hello", "not-tls");

    private final HostNames names;
    private final boolean isNamelessPermitted;
    private final boolean isEncryptedPermitted;
    private final boolean isOtherPermitted;

    private SniRules(
            HostNames names, boolean isNamelessPermitted, boolean isEncryptedPermitted, boolean isOtherPermitted) {
        this.names = names;
        this.isNamelessPermitted = isNamelessPermitted;
        this.isEncryptedPermitted = isEncryptedPermitted;
        this.isOtherPermitted = isOtherPermitted;
    }

    /**
     * Reads a provider context.
     *
     * @param context {@code {names: [..], without-name: permit, encrypted-hello: permit, not-tls: block}}
     * @return what it says
     * @throws FilterRefusedException if it makes no sense
     */
    static SniRules parse(Map<String, Object> context) throws FilterRefusedException {
        Contexts.requireKnown("tls-sni", context, KEYS);
        HostNames names = HostNames.parse("names", context.get("names"));
        if (names.isEmpty()) {
            throw new FilterRefusedException("tls-sni needs a context with names, e.g. {names: [bad.example]}");
        }
        return new SniRules(
                names,
                Contexts.isPermit(context, "without-name", true),
                Contexts.isPermit(context, "encrypted-hello", true),
                Contexts.isPermit(context, "not-tls", false));
    }

    /** Whether connections that do not begin with a ClientHello may pass. */
    boolean isOtherPermitted() {
        return isOtherPermitted;
    }

    /** Judges a well-formed ClientHello. */
    boolean permit(ClientHello hello, byte[] message) {
        if (hello.isEncrypted() && !isEncryptedPermitted) {
            return false;
        }
        return hello.nameLengthBytes() == 0
                ? isNamelessPermitted
                : !names.containParentOf(message, hello.nameOffset(), hello.nameLengthBytes());
    }
}
