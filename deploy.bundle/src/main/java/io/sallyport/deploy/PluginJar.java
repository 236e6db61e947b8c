package io.sallyport.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * A jar that looks like a plug-in: a whole zip file with the manifest of a bundle.
 *
 * @param file the jar
 * @param symbolicName of the bundle
 * @param version of the bundle
 * @param exportedPackages packages that it offers to other bundles
 */
record PluginJar(Path file, String symbolicName, Version version, List<String> exportedPackages) {
    static final long MAX_FILE_BYTES = 100L << 20;
    private static final long MAX_UNPACKED_BYTES = 500L << 20;
    private static final long HARMLESS_BYTES = 16L << 20;
    private static final int MAX_GROWTH = 100;
    private static final int MAX_ENTRIES = 50_000;
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");

    /** Reads the jar completely. */
    static PluginJar check(Path file) throws RefusedException {
        try {
            if (!Files.isReadable(file)) {
                throw new RefusedException("it may not be read; check its permissions");
            }
            long size = Files.size(file);
            if (size == 0) {
                throw new RefusedException("it is empty; copy it again", true, null);
            }
            if (size > MAX_FILE_BYTES) {
                throw new RefusedException(tooLarge(size));
            }
            try (JarFile jar = new JarFile(file.toFile(), false)) {
                readAll(jar, size);
                return fromManifest(file, jar.getManifest());
            }
        } catch (ZipException e) {
            throw new RefusedException(
                    "it is no jar, or damaged (" + e.getMessage() + "); copy or build it again", true, e);
        } catch (IOException e) {
            throw new RefusedException("it cannot be read (" + e.getMessage() + "); copy or build it again", true, e);
        }
    }

    static String tooLarge(long size) {
        return "it has " + (size >> 20) + " MiB; a plug-in may have up to " + (MAX_FILE_BYTES >> 20) + " MiB";
    }

    /** What no two bundles may have in common. */
    static String identity(@Nullable String symbolicName, Version version) {
        return symbolicName + " " + version;
    }

    String identity() {
        return identity(symbolicName, version);
    }

    /** Finds cut and damaged entries, and those that grow without measure. */
    private static void readAll(JarFile jar, long packedBytes) throws IOException, RefusedException {
        if (jar.size() > MAX_ENTRIES) {
            throw new RefusedException("it has " + jar.size() + " entries; a plug-in may have up to " + MAX_ENTRIES);
        }
        byte[] buffer = new byte[1 << 16];
        Set<String> names = new HashSet<>();
        long unpacked = 0;
        for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
            JarEntry entry = entries.nextElement();
            checkName(entry.getName(), names);
            CRC32 crc = new CRC32(); // JarFile itself does not compare
            try (InputStream in = jar.getInputStream(entry)) {
                int length;
                while ((length = in.read(buffer)) >= 0) {
                    crc.update(buffer, 0, length);
                    unpacked += length;
                    checkGrowth(unpacked, packedBytes);
                }
            }
            if (entry.getCrc() >= 0 && entry.getCrc() != crc.getValue()) {
                throw new ZipException("the checksum of " + entry.getName() + " is wrong");
            }
        }
    }

    private static void checkGrowth(long unpacked, long packed) throws RefusedException {
        if (unpacked > MAX_UNPACKED_BYTES) {
            throw new RefusedException("unpacked it has more than " + (MAX_UNPACKED_BYTES >> 20)
                    + " MiB; leave out what " + "the plug-in does not need");
        }
        if (unpacked > HARMLESS_BYTES && unpacked / MAX_GROWTH > packed) {
            throw new RefusedException("unpacked it grows to more than " + MAX_GROWTH
                    + " times its size (a zip bomb?); " + "leave out what makes it so large");
        }
    }

    /** Two entries of one name are read differently by different readers; a name may not lead out of the jar. */
    private static void checkName(String name, Set<String> names) throws RefusedException {
        String slashes = name.replace('\\', '/');
        boolean isOutside = slashes.startsWith("/")
                || slashes.contains(":")
                || slashes.indexOf('\0') >= 0
                || List.of(slashes.split("/", -1)).contains("..");
        if (isOutside) {
            throw new RefusedException(
                    "its entry '" + name + "' leads out of the jar (path traversal); build it again");
        }
        if (!names.add(name)) {
            throw new RefusedException("its entry '" + name + "' is there twice; build it again");
        }
    }

    private static PluginJar fromManifest(Path file, @Nullable Manifest manifest) throws RefusedException {
        Attributes headers = manifest == null ? new Attributes() : manifest.getMainAttributes();
        String name = headers.getValue(Constants.BUNDLE_SYMBOLICNAME);
        if (name == null || name.isBlank()) {
            throw new RefusedException("it is no bundle: its manifest has no Bundle-SymbolicName; build it with bnd");
        }
        if (!"2".equals(trimmed(headers.getValue(Constants.BUNDLE_MANIFESTVERSION)))) {
            throw new RefusedException("its manifest has no Bundle-ManifestVersion: 2; build it with bnd");
        }
        if (headers.getValue(Constants.FRAGMENT_HOST) != null) {
            throw new RefusedException("it is a fragment of " + headers.getValue(Constants.FRAGMENT_HOST)
                    + "; a plug-in has to be a bundle of its own");
        }
        String symbolicName = name.split(";", 2)[0].strip();
        List<String> exported = packages(headers.getValue(Constants.EXPORT_PACKAGE));
        refuseForeign(symbolicName, exported);
        String version = headers.getValue(Constants.BUNDLE_VERSION);
        try {
            return new PluginJar(file, symbolicName, Version.parseVersion(trimmed(version)), exported);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("its Bundle-Version '" + version + "' is none; write e.g. 1.0.0", false, e);
        }
    }

    /** Names that would let it pass for a part of the gateway. */
    private static void refuseForeign(String symbolicName, List<String> exported) throws RefusedException {
        if (symbolicName.equals(Constants.SYSTEM_BUNDLE_SYMBOLICNAME)) {
            throw new RefusedException(
                    "its Bundle-SymbolicName " + symbolicName + " is the framework's; give it a name of your own");
        }
        for (String each : exported) {
            boolean isOwn = each.equals(symbolicName) || each.startsWith(symbolicName + '.');
            if (each.startsWith("io.sallyport.") && !isOwn) {
                throw new RefusedException("it exports " + each
                        + ", a package of the gateway's name space; export only packages below " + symbolicName);
            }
        }
    }

    /** Names in a header such as {@code a.b;a.c;version="[1,2)",a.d}. */
    static List<String> packages(@Nullable String header) {
        List<String> names = new ArrayList<>();
        String unquoted = header == null ? "" : QUOTED.matcher(header).replaceAll("");
        for (String part : unquoted.split("[,;]", -1)) {
            if (!part.isBlank() && part.indexOf('=') < 0) {
                names.add(part.strip());
            }
        }
        return List.copyOf(names);
    }

    private static @Nullable String trimmed(@Nullable String value) {
        return value == null ? null : value.strip();
    }

    /** Why a jar is refused, in one line that says what would help. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean isIncomplete;

        RefusedException(String message) {
            this(message, false, null);
        }

        RefusedException(String message, boolean isIncomplete, @Nullable Throwable cause) {
            super(message, cause);
            this.isIncomplete = isIncomplete;
        }

        /** True if it may be whole once more of it has been written. */
        boolean isIncomplete() {
            return isIncomplete;
        }
    }
}
