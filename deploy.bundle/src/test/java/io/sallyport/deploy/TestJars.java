package io.sallyport.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Makes tiny bundles. */
final class TestJars {
    private TestJars() {}

    /**
     * Writes a jar.
     *
     * @param file the jar
     * @param headers name and value by turns
     */
    static Path write(Path file, String... headers) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        for (int i = 0; i < headers.length; i += 2) {
            manifest.getMainAttributes().putValue(headers[i], headers[i + 1]);
        }
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            jar.putNextEntry(new JarEntry("data.bin"));
            jar.write(new byte[100_000]);
            add(jar, FailingActivator.class);
            if (List.of(headers).contains(VendorActivator.class.getName())) {
                add(jar, VendorActivator.class);
                add(jar, Class.forName(VendorActivator.class.getName() + "$Factory"));
                add(jar, StubbornActivator.class);
            }
            if (List.of(headers).contains(StubbornActivator.class.getName())) {
                add(jar, StubbornActivator.class);
            }
        } catch (ClassNotFoundException e) {
            throw new IOException(e);
        }
        return file;
    }

    static Path bundle(Path file, String name, String version, String... headers) throws IOException {
        String[] all = new String[headers.length + 6];
        System.arraycopy(
                new String[] {"Bundle-ManifestVersion", "2", "Bundle-SymbolicName", name, "Bundle-Version", version},
                0,
                all,
                0,
                6);
        System.arraycopy(headers, 0, all, 6, headers.length);
        return write(file, all);
    }

    private static void add(JarOutputStream jar, Class<?> type) throws IOException {
        String entry = type.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(entry));
        try (InputStream in = type.getClassLoader().getResourceAsStream(entry)) {
            in.transferTo(jar);
        }
    }
}
