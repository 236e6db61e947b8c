package io.sallyport.port.pcap.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The file in the home that says what the gateway changed on the host's interfaces. It is written before each change, so that
 * the start after a killed process knows what to give back at its end. Management plane; one thread at a time.
 *
 * <p>Its first line names the boot and the network namespace: in another one the numbers mean other interfaces. Each other
 * line is a change: kind, number and name of the interface, names of offloads.
 */
final class SettingsJournal {
    private static final String FORMAT = "sallyport-settings-1";

    /** What was changed. */
    enum Kind {
        /** IPv6 of the host was on. */
        IPV6,
        /** These offloads were on. */
        OFFLOADS,
        /** The interface was down. */
        DOWN
    }

    /**
     * A change.
     *
     * @param index the kernel's number of the interface
     * @param name what it was called then
     * @param offloads empty unless it is about offloads
     */
    record Entry(Kind kind, int index, String name, List<String> offloads) {
        private String line() {
            return kind.name().toLowerCase(Locale.ROOT) + " " + index + " " + name
                    + (offloads.isEmpty() ? "" : " " + String.join(",", offloads));
        }
    }

    private final Path file;
    private final String heading;

    /**
     * Reads and writes nothing yet.
     *
     * @param root what /proc is below
     */
    SettingsJournal(Path file, Path root) {
        this.file = file;
        this.heading = FORMAT + " " + bootId(root) + " " + namespace(root);
    }

    private static String bootId(Path root) {
        try {
            return Files.readString(root.resolve("proc/sys/kernel/random/boot_id"))
                    .strip();
        } catch (IOException e) {
            return "?";
        }
    }

    private static String namespace(Path root) {
        try {
            return InterfaceClaim.namespace(root);
        } catch (IOException e) {
            return "?";
        }
    }

    /** What an earlier process changed and did not give back; empty if it was another boot, or the file is no such. */
    List<Entry> read() {
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (lines.isEmpty() || !lines.get(0).equals(heading)) {
                return List.of();
            }
            List<Entry> entries = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                entries.add(entry(line.split(" ")));
            }
            return entries;
        } catch (IOException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return List.of();
        }
    }

    private static Entry entry(String[] words) {
        return new Entry(
                Kind.valueOf(words[0].toUpperCase(Locale.ROOT)),
                Integer.parseInt(words[1]),
                words[2],
                words.length > 3 ? List.of(words[3].split(",")) : List.of());
    }

    /** Replaces the file in one step; without entries there is none. */
    void write(List<Entry> entries) throws IOException {
        if (entries.isEmpty()) {
            Files.deleteIfExists(file);
            return;
        }
        List<String> lines = new ArrayList<>(List.of(heading));
        entries.forEach(entry -> lines.add(entry.line()));
        Path next = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(next, lines);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
