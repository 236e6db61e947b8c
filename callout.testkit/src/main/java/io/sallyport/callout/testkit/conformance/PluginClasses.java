package io.sallyport.callout.testkit.conformance;

import io.sallyport.callout.Callout;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The classes of a plug-in's jar, which see what a framework would give them: Java, and the packages that the bundle imports,
 * of the callout API, OSGi and SLF4J. What else is on the class path, such as the gateway behind the kit, is not there for it.
 */
final class PluginClasses extends URLClassLoader {

    PluginClasses(Path jar, Set<String> imports) throws MalformedURLException {
        super("plug-in", new URL[] {jar.toUri().toURL()}, new Platform(imports));
    }

    /** What is around the plug-in. */
    private static final class Platform extends ClassLoader {
        private final ClassLoader own = Platform.class.getClassLoader();
        private final Set<String> imports;

        Platform(Set<String> imports) {
            super(ClassLoader.getPlatformClassLoader());
            this.imports = imports;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            String used = name.substring(0, Math.max(0, name.lastIndexOf('.')));
            if (imports.contains(used)) {
                Class<?> found = own.loadClass(name);
                if (used.startsWith("org.osgi.") || used.startsWith("org.slf4j") || isOfApi(found)) {
                    return found;
                }
            }
            throw new ClassNotFoundException(name);
        }

        private static boolean isOfApi(Class<?> found) {
            CodeSource source = source(found.getProtectionDomain());
            return source != null && source.equals(source(Callout.class.getProtectionDomain()));
        }

        private static @Nullable CodeSource source(ProtectionDomain domain) {
            return domain.getCodeSource();
        }
    }
}
