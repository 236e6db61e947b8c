package io.sallyport.launcher.fake;

import java.util.List;

/** Bundles and test live in different class loaders: what they share has to be made of JDK types. */
public final class Journal {
    private static final String KEY = "launcher.test.journal";

    private Journal() {}

    public static void open(List<String> journal) {
        System.getProperties().put(KEY, journal);
    }

    @SuppressWarnings("unchecked")
    static void write(String line) {
        ((List<String>) System.getProperties().get(KEY)).add(line);
    }
}
