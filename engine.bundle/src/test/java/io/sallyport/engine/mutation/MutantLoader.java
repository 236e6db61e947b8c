package io.sallyport.engine.mutation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Defines engine and oracle anew, so that each mutant has classes of its own: compiled ones where there are, else those of
 * the class path. The API, and everything else, comes from the parent.
 */
final class MutantLoader extends ClassLoader {
    private final Map<String, byte[]> compiled;

    MutantLoader(Map<String, byte[]> compiled) {
        super(MutantLoader.class.getClassLoader());
        this.compiled = compiled;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        boolean isOurs =
                name.startsWith("io.sallyport.engine.internal.") || name.startsWith("io.sallyport.engine.oracle.");
        if (!isOurs) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = compiled.get(name);
        if (bytes == null) {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                bytes = in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return defineClass(name, bytes, 0, bytes.length);
    }
}
