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

    static InputStream open() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest())) {
            for (Map.Entry<String, byte[]> file : files().entrySet()) {
                jar.putNextEntry(new JarEntry(file.getKey()));
                jar.write(file.getValue());
            }
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    private static Manifest manifest() {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", NAME);
        main.putValue("Bundle-Version", "1.0.0");
        main.putValue(
                "Import-Package",
                "io.sallyport.callout;version=\"[1.0,2)\",io.sallyport.layer;version=\"[1.0,2)\","
                        + "io.sallyport.policy;version=\"[1.0,2)\"");
        main.putValue("Service-Component", "OSGI-INF/*.xml");
        return manifest;
    }

    private static Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : CLASSES) {
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = VendorJar.class.getClassLoader().getResourceAsStream(file)) {
                files.put(file, in.readAllBytes());
            }
        }
        COMPONENTS.forEach((type, inside) -> {
            String xml = "<scr:component xmlns:scr='http://www.osgi.org/xmlns/scr/v1.3.0' name='" + type.getName()
                    + "'><implementation class='" + type.getName() + "'/>" + inside + "</scr:component>";
            files.put("OSGI-INF/" + type.getSimpleName() + ".xml", xml.getBytes(StandardCharsets.UTF_8));
        });
        return files;
    }
}
