package io.sallyport.bench.plugins;

import io.sallyport.bench.lab.Gateway;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/**
 * The class loaders of a gateway's bundles after full collections, by the addresses of what the JVM keeps for them, which do
 * not move. A bundle that is refreshed gets another one.
 *
 * @param addresses of those that have loaded classes
 */
record Loaders(Set<String> addresses) {
    private static final String BUNDLE_LOADER = "BundleWiringImpl$BundleClassLoader";
    private static final int COLLECTIONS = 3;

    static Loaders take(Gateway gateway) throws IOException, InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            String ignored = gateway.jcmd("GC.run");
        }
        Set<String> addresses = new TreeSet<>();
        // Columns: loader, parent, loader data, classes, chunk size, block size, type.
        for (String line : gateway.jcmd("VM.classloader_stats").lines().toList()) {
            String[] words = line.strip().split(" +", -1);
            if (line.contains(BUNDLE_LOADER) && words.length > 2 && words[2].startsWith("0x")) {
                addresses.add(words[2]);
            }
        }
        if (addresses.isEmpty()) {
            throw new IOException("jcmd tells of no class loaders of bundles");
        }
        return new Loaders(addresses);
    }

    /** How many are here and not there. */
    int without(Loaders other) {
        Set<String> rest = new TreeSet<>(addresses);
        rest.removeAll(other.addresses);
        return rest.size();
    }
}
