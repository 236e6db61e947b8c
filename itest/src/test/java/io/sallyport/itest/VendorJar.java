package io.sallyport.itest;

import io.sallyport.itest.vendor.VendorBooks;
import io.sallyport.itest.vendor.VendorCallout;
import io.sallyport.itest.vendor.VendorPolicy;
import io.sallyport.itest.vendor.VendorStates;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Makes a vendor's bundle of the classes beside, which imports the callout API and nothing else. */
final class VendorJar {
    /** Its symbolic name, and the name of its callout. */
    static final String NAME = "com.example.vendor";

    private static final List<String> CLASSES = List.of(
            VendorCallout.class.getName(),
            VendorCallout.class.getName() + "$FlowNote",
            VendorBooks.class.getName(),
            VendorPolicy.class.getName(),
            VendorStates.class.getName());
    private static final Map<Class<?>, String> COMPONENTS = Map.of(
            VendorCallout.class,
            "<property name='sallyport.callout.key' value='" + NAME + "'/>"
                    + "<service scope='prototype'><provide interface='io.sallyport.callout.Callout'/></service>",
            VendorPolicy.class,
            "<reference name='session' bind='setSession' interface='io.sallyport.policy.PolicySession'/>",
            VendorStates.class,
            "<property name='vendor' value='states'/><service>"
                    + "<provide interface='io.sallyport.callout.BfeStateListener'/>"
                    + "<provide interface='java.util.function.Supplier'/></service>",
            VendorBooks.class,
            "<property name='vendor' value='books'/><service>"
                    + "<provide interface='java.util.function.Supplier'/></service>");

    private VendorJar() {}

    /** The whole bundle, with objects in policy. */
    static InputStream open() throws IOException {
        return new ByteArrayInputStream(bytes(NAME, "1.0.0", COMPONENTS.keySet(), Map.of()));
    }

    /** A bundle that offers the callout {@link #NAME} and shows its books; policy is the operator's business. */
    static byte[] calloutOnly(String symbolicName, String version) throws IOException {
        return bytes(symbolicName, version, Set.of(VendorCallout.class, VendorBooks.class), Map.of());
    }

    /** The same with more headers. */
    static byte[] calloutOnly(String symbolicName, String version, Map<String, String> headers) throws IOException {
        return bytes(symbolicName, version, Set.of(VendorCallout.class, VendorBooks.class), headers);
    }

    /** A version whose callout component is there and cannot be made: its class is missing. */
    static byte[] broken(String version) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest(NAME, version, Map.of()))) {
            for (Map.Entry<String, byte[]> file :
                    files(Set.of(VendorCallout.class)).entrySet()) {
                if (!file.getKey().equals(VendorCallout.class.getName().replace('.', '/') + ".class")) {
                    jar.putNextEntry(new JarEntry(file.getKey()));
                    jar.write(file.getValue());
                }
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(
            String symbolicName, String version, Set<Class<?>> components, Map<String, String> headers)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest(symbolicName, version, headers))) {
            for (Map.Entry<String, byte[]> file : files(components).entrySet()) {
                jar.putNextEntry(new JarEntry(file.getKey()));
                jar.write(file.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static Manifest manifest(String symbolicName, String version, Map<String, String> headers) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", symbolicName);
        main.putValue("Bundle-Version", version);
        main.putValue(
                "Import-Package",
                "io.sallyport.callout;version=\"[1.0,2)\",io.sallyport.layer;version=\"[1.0,2)\","
                        + "io.sallyport.policy;version=\"[1.0,2)\"");
        main.putValue("Service-Component", "OSGI-INF/*.xml");
        headers.forEach(main::putValue);
        return manifest;
    }

    private static Map<String, byte[]> files(Set<Class<?>> components) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : CLASSES) {
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = VendorJar.class.getClassLoader().getResourceAsStream(file)) {
                files.put(file, in.readAllBytes());
            }
        }
        components.forEach(type -> {
            String inside = COMPONENTS.get(type);
            String xml = "<scr:component xmlns:scr='http://www.osgi.org/xmlns/scr/v1.3.0' name='" + type.getName()
                    + "'><implementation class='" + type.getName() + "'/>" + inside + "</scr:component>";
            files.put("OSGI-INF/" + type.getSimpleName() + ".xml", xml.getBytes(StandardCharsets.UTF_8));
        });
        return files;
    }
}
