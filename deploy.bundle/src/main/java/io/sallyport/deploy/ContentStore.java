package io.sallyport.deploy;

import io.sallyport.deploy.PluginJar.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * Private copies of jars, by digest: what was checked is what is installed, whatever happens to the file meanwhile, and
 * the running version can be brought back after a bad replacement. Outlives a restart of this bundle. Used by the
 * deployer's thread only, but for {@link #knownDigest}.
 */
final class ContentStore {
    private static final String BUNDLE = "bundle-";

    private final Path folder;

    /** Digest by bundle; for those who ask from other threads. */
    private final Map<Long, String> known = new ConcurrentHashMap<>();

    ContentStore(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /** Copies a file and checks the copy. */
    JarContent take(Path file) throws IOException {
        if (Files.size(file) > PluginJar.MAX_FILE_BYTES) {
            return new JarContent("too large", null, PluginJar.tooLarge(Files.size(file)), false);
        }
        Path incoming = folder.resolve("incoming");
        String digest;
        try (InputStream in = Files.newInputStream(file);
                DigestOutputStream out = new DigestOutputStream(Files.newOutputStream(incoming), sha256())) {
            in.transferTo(out);
            digest = HexFormat.of().formatHex(out.getMessageDigest().digest());
        }
        Path copy = copy(digest);
        Files.move(incoming, copy, StandardCopyOption.REPLACE_EXISTING);
        try {
            return new JarContent(digest, PluginJar.check(copy), "", false);
        } catch (RefusedException e) {
            return new JarContent(digest, null, String.valueOf(e.getMessage()), e.isIncomplete());
        }
    }

    /** Where the copy is. */
    Path copy(String digest) {
        return folder.resolve(digest + ".jar");
    }

    /** Notes what a bundle was installed from. */
    void remember(Bundle bundle, String digest) throws IOException {
        known.put(bundle.getBundleId(), digest);
        Files.writeString(folder.resolve(BUNDLE + bundle.getBundleId()), digest);
    }

    /** What a bundle was installed from, or null if that is not known, or the copy is gone. */
    @Nullable String digestOf(Bundle bundle) throws IOException {
        Path note = folder.resolve(BUNDLE + bundle.getBundleId());
        if (!Files.exists(note)) {
            return null;
        }
        String digest = Files.readString(note);
        if (!Files.exists(copy(digest))) {
            return null;
        }
        known.put(bundle.getBundleId(), digest);
        return digest;
    }

    /** What a bundle was installed from, as far as this instance knows; any thread. */
    @Nullable String knownDigest(long bundleId) {
        return known.get(bundleId);
    }

    /** Deletes every copy and note but these. */
    void prune(Set<String> digests, Set<Long> bundles) throws IOException {
        known.keySet().retainAll(bundles);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                boolean isUsed = name.startsWith(BUNDLE)
                        ? bundles.contains(Long.valueOf(name.substring(BUNDLE.length())))
                        : name.endsWith(".jar") && digests.contains(name.substring(0, name.length() - 4));
                if (!isUsed) {
                    Files.delete(entry);
                }
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
