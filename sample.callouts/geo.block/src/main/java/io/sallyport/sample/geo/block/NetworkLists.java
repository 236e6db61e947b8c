package io.sallyport.sample.geo.block;

import io.sallyport.callout.FilterRefusedException;
import io.sallyport.sample.nets.IpNetwork;
import io.sallyport.sample.nets.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads networks from a context and from files. Management plane. */
final class NetworkLists {

    static final int MOST_NETWORKS = 2_000_000;
    static final int MOST_IN_CONTEXT = 100_000;
    static final int MOST_FILES = 300;
    private static final long MOST_FILE_BYTES = 128L << 20;
    private static final int MOST_LINE_CHARS = 1_000;

    private NetworkLists() {}

    /**
     * Reads all networks of a filter.
     *
     * @param settings with {@code networks: [..]} and {@code files: [..]}
     * @return the set
     * @throws FilterRefusedException if there are none, too many, or one that makes no sense
     */
    static NetworkSet read(Settings settings) throws FilterRefusedException {
        List<IpNetwork> networks = new ArrayList<>();
        for (String text : settings.texts("networks", MOST_IN_CONTEXT)) {
            IpNetwork network = IpNetwork.parse(text);
            if (network == null) {
                throw settings.refusal(
                        "needs networks such as 192.0.2.0/24 or 2001:db8::/32, with zeros behind the prefix, not "
                                + Settings.quote(text));
            }
            networks.add(network);
        }
        for (String file : settings.texts("files", MOST_FILES)) {
            readFile(settings, file, networks);
        }
        if (networks.isEmpty()) {
            throw settings.refusal(
                    "needs a context with networks, e.g. {networks: [192.0.2.0/24]} or {files: [/etc/zones/xy.zone]}");
        }
        return new NetworkSet(networks);
    }

    /**
     * A network at the start of each line; what follows behind a space, a comma, or {@code #} is a remark. Messages name the
     * line and never quote it: who writes policy need not be allowed to read every file that the gateway can.
     */
    private static void readFile(Settings settings, String name, List<IpNetwork> into) throws FilterRefusedException {
        int line = 0;
        try {
            Path file = Path.of(name);
            if (!file.isAbsolute() || !Files.isRegularFile(file) || Files.size(file) > MOST_FILE_BYTES) {
                throw settings.refusal("needs files by absolute path, of " + (MOST_FILE_BYTES >> 20)
                        + " MiB at most, and " + Settings.quote(name) + " is none");
            }
            try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
                for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                    line++;
                    String word = firstWord(text);
                    if (word.isEmpty()) {
                        continue;
                    }
                    IpNetwork network = IpNetwork.parse(word);
                    if (network == null) {
                        throw settings.refusal("finds no network in line " + line + " of " + Settings.quote(name));
                    }
                    if (into.size() == MOST_NETWORKS) {
                        throw settings.refusal("takes " + MOST_NETWORKS + " networks at most");
                    }
                    into.add(network);
                }
            }
        } catch (IOException | InvalidPathException e) {
            throw settings.refusal(
                    "cannot read " + Settings.quote(name) + ": " + e.getClass().getSimpleName());
        }
    }

    private static String firstWord(String line) {
        int end = 0;
        int most = Math.min(line.length(), MOST_LINE_CHARS);
        while (end < most && " \t,;#".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        return line.substring(0, end);
    }
}
