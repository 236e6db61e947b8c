package io.sallyport.deploy.trust;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * What a jar says of itself once all of it was read.
 *
 * @param signers who signed all of it; empty if it is not signed
 * @param callouts callout keys that its component descriptions name
 * @param budget what it declares
 */
record Examination(Set<X509Certificate> signers, Set<String> callouts, Budget budget) {
    private static final int MAX_BYTES = 4 << 20;

    Examination {
        signers = Set.copyOf(signers);
        callouts = Set.copyOf(callouts);
    }

    /**
     * Reads a jar that is whole (the deployer looks at that first), and checks all that does not depend on whom the
     * operator trusts.
     */
    static Examination of(Path file, HostPackages host) throws Untrusted, IOException {
        Set<String> callouts = new TreeSet<>();
        Signers signers = new Signers();
        try (JarFile jar = new JarFile(file.toFile(), true)) {
            Set<X509Certificate> signedBy;
            try {
                for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                    readEntry(jar, entries.nextElement(), signers, callouts);
                }
                signedBy = signers.all(jar);
            } catch (SecurityException e) {
                throw new Untrusted("it was changed after it was signed (" + firstLine(e)
                        + "); have it copied or signed" + " again");
            }
            Attributes headers = jar.getManifest().getMainAttributes();
            new ImportCheck(host).check(headers);
            checkCode(jar);
            return new Examination(
                    signedBy, callouts, Budget.parse(headers.getValue(Budget.HEADER), "its " + Budget.HEADER));
        }
    }

    private static void readEntry(JarFile jar, JarEntry entry, Signers signers, Set<String> callouts)
            throws IOException, Untrusted {
        String name = entry.getName();
        boolean isDescription = name.startsWith("OSGI-INF/") && name.endsWith(".xml");
        byte[] content = {};
        // The signature is looked at while the entry is read, to its end.
        try (InputStream in = jar.getInputStream(entry)) {
            if (isDescription) {
                content = small(name, in);
            } else {
                in.transferTo(OutputStream.nullOutputStream());
            }
        }
        if (entry.isDirectory()) {
            return;
        }
        signers.add(entry);
        if (isDescription) {
            CalloutKeys.collect(name, content, callouts);
        }
    }

    /** What is looked into has to fit into memory. */
    private static byte[] small(String name, InputStream in) throws IOException, Untrusted {
        byte[] content = in.readNBytes(MAX_BYTES + 1);
        if (content.length > MAX_BYTES) {
            throw new Untrusted("its entry " + name + " has more than " + (MAX_BYTES >> 20)
                    + " MiB; a class or a description may not be that large");
        }
        return content;
    }

    /** After the signature: a change after signing is told as such, whatever it did to the code. */
    private static void checkCode(JarFile jar) throws IOException, Untrusted {
        for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
            JarEntry entry = entries.nextElement();
            String name = entry.getName();
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.endsWith(".jar") || lower.endsWith(".so") || lower.endsWith(".dll") || lower.endsWith(".dylib")) {
                throw new Untrusted(
                        "it holds " + name + ", which cannot be looked into; unpack libraries into the bundle"
                                + " (bnd: -conditionalpackage), and bring no native code");
            }
            if (name.endsWith(".class") && !name.endsWith("module-info.class")) {
                try (InputStream in = jar.getInputStream(entry)) {
                    CodeCheck.check(name, small(name, in));
                }
            }
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
