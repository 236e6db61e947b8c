package io.sallyport.deploy.trust;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code etc/trust} of a home: {@code NAME.pem} for each vendor, {@code dev} with the digests of jars that are
 * accepted for a while without a signature, {@code budgets} with what the operator approved, {@code conformance} if every jar
 * has to pass the conformance suite. The folder is the truth: it is
 * read anew for each question, and each file is replaced at once. Not safe for use by several threads.
 */
public final class TrustFiles {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final String CONFORMANCE = "conformance";
    private static final String REQUIRED = "required";

    private final Path folder;

    TrustFiles(Path folder) {
        this.folder = folder;
    }

    /** All vendors by name; files that cannot be used are told and trust nobody. */
    List<VendorKey> vendors(List<String> faults) throws IOException {
        Map<String, VendorKey> found = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + VendorKey.ENDING)) {
            for (Path file : files) {
                String name = vendorOf(file);
                try {
                    found.put(name, VendorKey.parse(name, Files.readString(file)));
                } catch (Untrusted e) {
                    faults.add(file + ": " + e.line());
                } catch (IOException e) {
                    faults.add(file + " cannot be read (" + e.getMessage() + "); its vendor is not trusted");
                }
            }
        }
        return List.copyOf(found.values());
    }

    void add(VendorKey vendor) throws IOException, Untrusted {
        if (!NAME.matcher(vendor.name()).matches()) {
            throw new Untrusted("'" + vendor.name() + "' is no name for a vendor; use letters, digits, - and _");
        }
        for (VendorKey other : vendors(new ArrayList<>())) {
            if (!other.name().equals(vendor.name()) && other.isKeyOf(vendor.certificate())) {
                throw new Untrusted("this key is trusted already, as " + other.name() + "; remove that first");
            }
        }
        write(vendor.name() + VendorKey.ENDING, vendor.text());
    }

    boolean remove(String vendor) throws IOException {
        return NAME.matcher(vendor).matches() && Files.deleteIfExists(folder.resolve(vendor + VendorKey.ENDING));
    }

    /** Until when jars are accepted without a signature, by digest; only what is not over. */
    Map<String, Instant> accepted(Instant now) throws IOException {
        Map<String, Instant> found = new TreeMap<>();
        for (String line : lines("dev")) {
            String[] words = line.split("\\s+", -1);
            if (words.length == 2 && DIGEST.matcher(words[0]).matches()) {
                Instant until = instant(words[1]);
                if (until != null && until.isAfter(now)) {
                    found.put(words[0], until);
                }
            }
        }
        return found;
    }

    void accept(Map<String, Instant> accepted) throws IOException {
        StringBuilder text = new StringBuilder();
        accepted.forEach(
                (digest, until) -> text.append(digest).append(' ').append(until).append('\n'));
        write("dev", text.toString());
    }

    /** What was approved, by symbolic name. */
    Map<String, Budget> budgets(List<String> faults) throws IOException {
        Map<String, Budget> found = new TreeMap<>();
        for (String line : lines("budgets")) {
            String[] words = line.split("\\s+", 2);
            try {
                found.put(words[0], Budget.parse(words.length == 1 ? "" : words[1], "the budget of " + words[0]));
            } catch (Untrusted e) {
                faults.add(folder.resolve("budgets") + ": " + e.line());
            }
        }
        return found;
    }

    void approve(Map<String, Budget> budgets) throws IOException {
        StringBuilder text = new StringBuilder();
        budgets.forEach(
                (name, budget) -> text.append(name).append(' ').append(budget).append('\n'));
        write("budgets", text.toString());
    }

    /** True if every jar has to pass the conformance suite. */
    boolean requiresConformance() throws IOException {
        return lines(CONFORMANCE).contains(REQUIRED);
    }

    void requireConformance(boolean isRequired) throws IOException {
        if (isRequired) {
            write(CONFORMANCE, REQUIRED + "\n");
        } else {
            Files.deleteIfExists(folder.resolve(CONFORMANCE));
        }
    }

    /**
     * A home that is new trusts what it was shipped with; one that still trusts an earlier build's key trusts this one's
     * instead; one whose operator has deleted the file does not get it back.
     */
    void seed(Path shipped) throws IOException {
        if (!Files.isReadable(shipped)) {
            return;
        }
        Path file = folder.resolve(String.valueOf(shipped.getFileName()));
        if (!Files.exists(folder) || Files.exists(file)) {
            write(String.valueOf(file.getFileName()), Files.readString(shipped));
        }
    }

    private List<String> lines(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            return List.of();
        }
        return Files.readString(file)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(folder);
        Path hidden = folder.resolve("." + name + ".tmp");
        Files.writeString(hidden, text);
        Files.move(hidden, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String vendorOf(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.length() - VendorKey.ENDING.length());
    }

    private static @Nullable Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
