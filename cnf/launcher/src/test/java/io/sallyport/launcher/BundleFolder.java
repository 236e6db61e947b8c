package io.sallyport.launcher;

import io.sallyport.launcher.fake.Journal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.BundleActivator;

/** A bundle directory, filled by a test with bundles of a manifest and one class. */
final class BundleFolder {
    private final Path root;

    BundleFolder(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    /** @param headers further manifest lines as name, value, name, value.. */
    BundleFolder with(int level, String name, Class<? extends BundleActivator> activator, String... headers)
            throws IOException {
        Attributes main = headers(name, headers);
        main.putValue("Bundle-Activator", activator.getName());
        main.putValue("Import-Package", imports(main));
        write(level, name, main, activator, Journal.class);
        return this;
    }

    /** A bundle without code. */
    BundleFolder withEmpty(int level, String name, String... headers) throws IOException {
        write(level, name, headers(name, headers));
        return this;
    }

    private static Attributes headers(String name, String... headers) {
        Attributes main = new Manifest().getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        for (int i = 0; i < headers.length; i += 2) {
            main.putValue(headers[i], headers[i + 1]);
        }
        return main;
    }

    private static String imports(Attributes main) {
        String own = main.getValue("Import-Package");
        return "org.osgi.framework" + (own == null ? "" : "," + own);
    }

    private void write(int level, String name, Attributes main, Class<?>... classes) throws IOException {
        Path folder = Files.createDirectories(root.resolve("%02d".formatted(level)));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().putAll(main);
        try (JarOutputStream jar =
                new JarOutputStream(Files.newOutputStream(folder.resolve(name + ".jar")), manifest)) {
            for (Class<?> type : classes) {
                String entry = type.getName().replace('.', '/') + ".class";
                jar.putNextEntry(new JarEntry(entry));
                try (InputStream code = type.getResourceAsStream("/" + entry)) {
                    code.transferTo(jar);
                }
                jar.closeEntry();
            }
        }
    }
}
