package io.sallyport.deploy.trust;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * A key that an operator trusts, and for what. Its file holds two lines, {@code callouts:} and {@code providers:}, each with
 * patterns after it, and the vendor's certificate in PEM form. The key counts, not who issued the certificate, nor until
 * when: trust ends when the file is deleted.
 *
 * @param name of the vendor; the file's name without its ending
 * @param certificate whose key it is
 * @param callouts patterns of the callout keys that the vendor may use
 * @param providers patterns of the symbolic names, and so of the providers, that its bundles may have
 */
record VendorKey(String name, X509Certificate certificate, List<String> callouts, List<String> providers) {
    static final String ENDING = ".pem";
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";
    private static final String CALLOUTS = "callouts:";
    private static final String PROVIDERS = "providers:";

    VendorKey {
        callouts = List.copyOf(callouts);
        providers = List.copyOf(providers);
    }

    /** Reads a file's text. */
    static VendorKey parse(String name, String text) throws Untrusted {
        List<String> callouts = new ArrayList<>();
        List<String> providers = new ArrayList<>();
        int begin = text.indexOf(BEGIN);
        for (String line : text.substring(0, Math.max(0, begin)).lines().toList()) {
            String words = line.strip();
            if (words.startsWith(CALLOUTS)) {
                callouts.addAll(patterns(name, words.substring(CALLOUTS.length())));
            } else if (words.startsWith(PROVIDERS)) {
                providers.addAll(patterns(name, words.substring(PROVIDERS.length())));
            } else if (!words.isEmpty() && !words.startsWith("#")) {
                throw new Untrusted("vendor " + name + ": '" + words
                        + "' is neither 'callouts: PATTERN..' nor 'providers: PATTERN..'; correct or delete the line");
            }
        }
        return new VendorKey(name, certificate(name, text), callouts, providers);
    }

    /** The certificate in a text. */
    static X509Certificate certificate(String name, String text) throws Untrusted {
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END, Math.max(0, begin));
        if (begin < 0 || end < 0) {
            throw new Untrusted(name + ": it holds no certificate (" + BEGIN
                    + " ..); take the .pem file that 'sallyport plugin keygen' made");
        }
        byte[] pem = text.substring(begin, end + END.length()).getBytes(StandardCharsets.US_ASCII);
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
        } catch (CertificateException e) {
            throw new Untrusted(name + ": its certificate is damaged (" + e.getMessage() + "); copy it again");
        }
    }

    /** What its file holds. */
    String text() {
        return CALLOUTS
                + ' '
                + String.join(" ", callouts)
                + '\n'
                + PROVIDERS
                + ' '
                + String.join(" ", providers)
                + '\n'
                + pem(certificate);
    }

    String fingerprint() {
        return fingerprint(certificate.getPublicKey());
    }

    boolean isKeyOf(X509Certificate signer) {
        return MessageDigest.isEqual(
                certificate.getPublicKey().getEncoded(), signer.getPublicKey().getEncoded());
    }

    /** SHA-256 of a public key, as people compare it. */
    static String fingerprint(PublicKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return "SHA256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String pem(X509Certificate certificate) {
        try {
            byte[] newline = {'\n'};
            return BEGIN
                    + '\n'
                    + Base64.getMimeEncoder(64, newline).encodeToString(certificate.getEncoded())
                    + '\n'
                    + END
                    + '\n';
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    private static List<String> patterns(String name, String text) throws Untrusted {
        List<String> found = new ArrayList<>();
        for (String word : text.strip().split("[,\\s]+", -1)) {
            if (word.isEmpty()) {
                continue;
            }
            if (!NamePattern.isPattern(word)) {
                throw new Untrusted("vendor " + name + ": '" + word
                        + "' is no pattern; write a name (com.acme.filter), com.acme.* or *");
            }
            found.add(word);
        }
        return found;
    }
}
