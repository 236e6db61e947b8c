package io.sallyport.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.zip.ZipFile;
import jdk.security.jarsigner.JarSigner;

/** A vendor with a key, made by the JDK's keytool as {@code sallyport plugin keygen} does. */
final class TestVendor {
    private static final char[] PASSPHRASE = "for tests only".toCharArray();

    private final KeyStore.PrivateKeyEntry key;

    private TestVendor(KeyStore.PrivateKeyEntry key) {
        this.key = key;
    }

    static TestVendor make(Path folder, String name)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "vendor",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSPHRASE))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException(said);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSPHRASE);
        }
        return new TestVendor(
                (KeyStore.PrivateKeyEntry) keys.getEntry("vendor", new KeyStore.PasswordProtection(PASSPHRASE)));
    }

    /** Signs in place. */
    Path sign(Path jar) throws IOException {
        Path signed = jar.resolveSibling(jar.getFileName() + ".signed");
        try (ZipFile in = new ZipFile(jar.toFile());
                OutputStream out = Files.newOutputStream(signed)) {
            new JarSigner.Builder(key).signerName("VENDOR").build().sign(in, out);
        }
        return Files.move(signed, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes the certificate alone. */
    Path writeCertificate(Path file) throws IOException, GeneralSecurityException {
        Certificate certificate = key.getCertificate();
        return Files.writeString(
                file,
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }

    /** Writes what an operator's trust in this vendor looks like. */
    void writeTrust(Path folder, String name, String callouts, String providers)
            throws IOException, GeneralSecurityException {
        Files.createDirectories(folder);
        Path file = writeCertificate(folder.resolve(name + ".tmp"));
        Files.writeString(
                folder.resolve(name + ".pem"),
                "callouts: " + callouts + "\nproviders: " + providers + "\n" + Files.readString(file));
        Files.delete(file);
    }
}
