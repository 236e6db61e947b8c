package io.sallyport.bench.plugins;

import io.sallyport.bench.plugins.vendor.FlowWatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Makes bundles of {@link FlowWatch}. */
final class FlowWatchJar {
    private static final String SYMBOLIC_NAME = "io.sallyport.bench.flow.watch";
    private static final String COMPONENT = """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="flow-watch" deactivate="deactivate">
              <implementation class="%s"/>
              <property name="sallyport.callout.key" value="%s"/>
              <service scope="prototype"><provide interface="io.sallyport.callout.Callout"/></service>
            </scr:component>
            """.formatted(FlowWatch.class.getName(), FlowWatch.KEY);

    private FlowWatchJar() {}

    /** Writes a version. */
    static Path write(Path file, String version) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", SYMBOLIC_NAME);
        main.putValue("Bundle-Version", version);
        main.putValue(
                "Import-Package", "io.sallyport.callout;version=\"[1.0,2)\",io.sallyport.layer;version=\"[1.0,2)\"");
        main.putValue("Service-Component", "OSGI-INF/flow-watch.xml");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            jar.putNextEntry(new JarEntry("OSGI-INF/flow-watch.xml"));
            jar.write(COMPONENT.getBytes(StandardCharsets.UTF_8));
            addClass(jar, FlowWatch.class.getName());
            addClass(jar, FlowWatch.class.getName() + "$Watched");
        }
        return file;
    }

    private static void addClass(JarOutputStream jar, String name) throws IOException {
        String entry = name.replace('.', '/') + ".class";
        try (InputStream in = FlowWatchJar.class.getClassLoader().getResourceAsStream(entry)) {
            if (in == null) {
                throw new IOException("class " + name + " is not there");
            }
            jar.putNextEntry(new JarEntry(entry));
            in.transferTo(jar);
        }
    }
}
