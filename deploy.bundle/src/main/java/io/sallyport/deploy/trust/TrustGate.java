package io.sallyport.deploy.trust;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a jar may be a plug-in here, and on what terms. One answer for every way in: the folder, the shell, and what
 * is adopted after a restart. Questions are asked by the deployer's thread, {@link #admission} by any.
 */
public final class TrustGate {
    private static final int REMEMBERED = 1_000;

    private final TrustFiles files;
    private final Supplier<HostPackages> host;
    private final InstantSource clock;
    private final Consumer<String> faults;
    private final boolean isOff;

    /** By digest: what depends on the jar only, so that it is read once however often trust changes. */
    private final Map<String, Examination> examined = new ConcurrentHashMap<>();

    private final Map<String, Admission> admitted = new ConcurrentHashMap<>();
    private List<Object> state = List.of();
    private boolean requiresConformance;
    private List<String> toldFaults = List.of();

    TrustGate(
            TrustFiles files,
            Supplier<HostPackages> host,
            InstantSource clock,
            Consumer<String> faults,
            boolean isOff) {
        this.files = files;
        this.host = host;
        this.clock = clock;
        this.faults = faults;
        this.isOff = isOff;
    }

    /**
     * Looks whether the operator's word has changed since the last look: a vendor came or went, an acceptance ended.
     *
     * @return true if every jar has to be judged again; true at first
     */
    public boolean hasChanged() throws IOException {
        List<String> found = new ArrayList<>();
        requiresConformance = files.requiresConformance();
        List<Object> now = List.of(
                files.vendors(found), files.accepted(clock.instant()), files.budgets(found), requiresConformance);
        if (!found.equals(toldFaults)) {
            found.forEach(faults);
            toldFaults = found;
        }
        boolean isNew = !now.equals(state);
        state = now;
        return isNew;
    }

    /**
     * Judges a jar that is whole.
     *
     * @param copy where nobody else writes to it
     * @param digest of its content, SHA-256 in hexadecimal
     * @param symbolicName of its bundle
     * @return why it may not be installed, in one line, or null: it may
     */
    public @Nullable String refusal(Path copy, String digest, String symbolicName) {
        try {
            admit(copy, digest, symbolicName);
            return null;
        } catch (Untrusted e) {
            admitted.remove(digest);
            return e.line();
        } catch (IOException e) {
            admitted.remove(digest);
            return "it cannot be checked (" + e.getMessage() + "); copy it again, or look at etc/trust";
        }
    }

    /**
     * Tells whether every jar has to pass the conformance suite, as of the last {@link #hasChanged look}.
     *
     * @return what the operator said; the deployer's thread asks
     */
    public boolean requiresConformance() {
        return requiresConformance;
    }

    /**
     * The terms of a jar that was let in.
     *
     * @param digest of its content
     * @return null if it was not
     */
    public @Nullable Admission admission(String digest) {
        return admitted.get(digest);
    }

    /**
     * Tells whether nothing is asked of signatures, which only whoever starts the process can say.
     *
     * @return true in labs and tests
     */
    public boolean isOff() {
        return isOff;
    }

    private void admit(Path copy, String digest, String symbolicName) throws Untrusted, IOException {
        if (admitted.size() > REMEMBERED) {
            admitted.clear();
            examined.clear();
        }
        if (isOff) {
            admitted.put(digest, new Admission("", "", List.of("*"), Set.of(), declared(copy)));
            return;
        }
        Examination jar = examined.get(digest);
        if (jar == null) {
            jar = Examination.of(copy, host.get());
            examined.put(digest, jar);
        }
        Admission terms = terms(jar, digest, symbolicName);
        checkBudget(jar.budget(), symbolicName);
        admitted.put(digest, terms);
    }

    /** What a jar asks for that nobody examines; it is held to it all the same. */
    private static Budget declared(Path copy) throws Untrusted, IOException {
        try (JarFile jar = new JarFile(copy.toFile(), false)) {
            Manifest manifest = jar.getManifest();
            String header =
                    manifest == null ? null : manifest.getMainAttributes().getValue(Budget.HEADER);
            return Budget.parse(header, "its " + Budget.HEADER);
        }
    }

    private Admission terms(Examination jar, String digest, String symbolicName) throws Untrusted, IOException {
        Instant until = files.accepted(clock.instant()).get(digest);
        if (until != null) {
            return new Admission("", "", List.of("*"), jar.callouts(), jar.budget());
        }
        if (jar.signers().isEmpty()) {
            throw new Untrusted(
                    "it is not signed; sign it ('sallyport plugin sign'), or accept this very file for a while"
                            + " ('trust dev FILE')");
        }
        VendorKey vendor = signer(jar.signers());
        if (!NamePattern.allows(vendor.providers(), symbolicName)) {
            throw new Untrusted("vendor " + vendor.name() + " may not use the provider name " + symbolicName + ", only "
                    + list(vendor.providers()) + "; 'trust add' gives a wider scope");
        }
        for (String key : jar.callouts()) {
            if (!NamePattern.allows(vendor.callouts(), key)) {
                throw new Untrusted("vendor " + vendor.name() + " may not use the callout key " + key + ", only "
                        + list(vendor.callouts()) + "; 'trust add' gives a wider scope");
            }
        }
        return new Admission(vendor.name(), vendor.fingerprint(), vendor.callouts(), jar.callouts(), jar.budget());
    }

    private VendorKey signer(Set<X509Certificate> signers) throws Untrusted, IOException {
        for (VendorKey vendor : files.vendors(new ArrayList<>())) {
            if (signers.stream().anyMatch(vendor::isKeyOf)) {
                return vendor;
            }
        }
        X509Certificate unknown = signers.iterator().next();
        throw new Untrusted("it is signed by a key that is not trusted ("
                + unknown.getSubjectX500Principal().getName() + ", "
                + VendorKey.fingerprint(unknown.getPublicKey())
                + "); if it is the vendor's, 'trust add' trusts it");
    }

    private void checkBudget(Budget declared, String symbolicName) throws Untrusted, IOException {
        Budget approved = files.budgets(new ArrayList<>()).getOrDefault(symbolicName, Budget.DEFAULT);
        if (!declared.isWithin(approved)) {
            throw new Untrusted("it asks for more than is approved: " + declared + " instead of " + approved
                    + "; 'trust approve " + symbolicName + "' approves a budget");
        }
    }

    private static String list(List<String> patterns) {
        return patterns.isEmpty() ? "none" : String.join(", ", patterns);
    }
}
