package io.sallyport.callout.testkit.conformance;

import io.sallyport.callout.Callout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
import java.util.zip.ZipEntry;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What the suite has to know of a finished plug-in.
 *
 * @param title symbolic name and version
 * @param imports packages that it imports
 * @param callouts class names of its callout components
 * @param hasActivator true if code of its own runs when it starts
 * @param policy the policy that it carries to be tried with; null if it carries none
 */
record PluginJar(
        String title,
        Set<String> imports,
        List<String> callouts,
        boolean hasActivator,
        @Nullable String policy) {

    /** Where a jar carries the policy that it is tried with. */
    static final String POLICY = "META-INF/sallyport/policy.yaml";

    private static final String DESCRIPTIONS = "OSGI-INF/";
    private static final int MAX_BYTES = 4 << 20;
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");

    /** Reads a jar; nothing of it runs. */
    static PluginJar read(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            Manifest manifest = jar.getManifest();
            Attributes headers = manifest == null ? new Attributes() : manifest.getMainAttributes();
            String name = headers.getValue("Bundle-SymbolicName");
            if (name == null) {
                throw new IOException("it is no bundle: its manifest has no Bundle-SymbolicName; build it with bnd");
            }
            List<String> callouts = new ArrayList<>();
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                if (entry.getName().startsWith(DESCRIPTIONS) && entry.getName().endsWith(".xml")) {
                    addCallout(entry.getName(), content(jar, entry), callouts);
                }
            }
            ZipEntry policy = jar.getEntry(POLICY);
            return new PluginJar(
                    name.split(";", 2)[0].strip() + " " + headers.getValue("Bundle-Version"),
                    packages(headers.getValue("Import-Package")),
                    List.copyOf(callouts),
                    headers.getValue("Bundle-Activator") != null,
                    policy == null ? null : new String(content(jar, policy), StandardCharsets.UTF_8));
        }
    }

    private static byte[] content(JarFile jar, ZipEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new IOException("its entry " + entry.getName() + " has more than " + (MAX_BYTES >> 20) + " MiB");
            }
            return content;
        }
    }

    private static void addCallout(String entry, byte[] description, List<String> callouts) throws IOException {
        Element root;
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            root = factory.newDocumentBuilder()
                    .parse(new java.io.ByteArrayInputStream(description))
                    .getDocumentElement();
        } catch (SAXException | ParserConfigurationException e) {
            throw new IOException("its " + entry + " cannot be read (" + e.getMessage() + "); build it with bnd", e);
        }
        NodeList provided = root.getElementsByTagName("provide");
        for (int i = 0; i < provided.getLength(); i++) {
            if (((Element) provided.item(i)).getAttribute("interface").equals(Callout.class.getName())) {
                Element implementation =
                        (Element) root.getElementsByTagName("implementation").item(0);
                if (implementation == null) {
                    throw new IOException("its " + entry + " names no implementation; build it with bnd");
                }
                callouts.add(implementation.getAttribute("class"));
            }
        }
    }

    /** Names in a header such as {@code a.b;a.c;version="[1,2)",a.d}. */
    private static Set<String> packages(@Nullable String header) {
        Set<String> names = new HashSet<>();
        String unquoted = header == null ? "" : QUOTED.matcher(header).replaceAll("");
        for (String part : unquoted.split("[,;]", -1)) {
            if (!part.isBlank() && part.indexOf('=') < 0) {
                names.add(part.strip());
            }
        }
        return Set.copyOf(names);
    }
}
