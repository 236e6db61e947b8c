package io.sallyport.deploy.trust;

import java.io.IOException;
import java.security.CodeSigner;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** Who signed a jar: those who signed every entry of it. Entries are to be read to their end before they are added. */
final class Signers {
    private @Nullable Set<X509Certificate> common;
    private boolean hasSignature;
    private @Nullable String unsigned;

    /** True for files that make up the signature, and are not signed themselves. */
    static boolean isOfSignature(String entry) {
        String name = entry.toUpperCase(Locale.ROOT);
        if (!name.startsWith("META-INF/") || name.indexOf('/', 9) >= 0) {
            return false;
        }
        return name.equals(JarFile.MANIFEST_NAME)
                || name.endsWith(".SF")
                || name.endsWith(".RSA")
                || name.endsWith(".DSA")
                || name.endsWith(".EC");
    }

    void add(JarEntry entry) {
        if (isOfSignature(entry.getName())) {
            hasSignature |= entry.getName().toUpperCase(Locale.ROOT).endsWith(".SF");
            return;
        }
        Set<X509Certificate> signers = new HashSet<>();
        CodeSigner[] found = entry.getCodeSigners();
        for (CodeSigner signer : found == null ? new CodeSigner[0] : found) {
            if (signer.getSignerCertPath().getCertificates().get(0) instanceof X509Certificate leaf) {
                signers.add(leaf);
            }
        }
        if (signers.isEmpty() && unsigned == null) {
            unsigned = entry.getName();
        }
        if (common == null) {
            common = signers;
        } else {
            common.retainAll(signers);
        }
    }

    /**
     * Those who signed everything.
     *
     * @return empty if the jar is not signed at all
     */
    Set<X509Certificate> all(JarFile jar) throws Untrusted, IOException {
        Manifest manifest = jar.getManifest();
        if (hasSignature && manifest != null) {
            for (String name : manifest.getEntries().keySet()) {
                if (jar.getEntry(name) == null) {
                    throw new Untrusted("it was changed after it was signed: " + name
                            + " is missing; have it copied or signed again");
                }
            }
        }
        Set<X509Certificate> signers = common == null ? Set.of() : common;
        if (!hasSignature) {
            return Set.of();
        }
        if (unsigned != null) {
            throw new Untrusted("its signature does not cover " + unsigned
                    + ", which was added later, or is of a kind that this Java rejects; sign it again");
        }
        return signers;
    }
}
