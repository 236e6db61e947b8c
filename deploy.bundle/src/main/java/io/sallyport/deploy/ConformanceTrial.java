package io.sallyport.deploy;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the conformance suite over a jar in a JVM of its own: the test kit's, with little heap, no environment and the lowest
 * priority, for a limited time. Nothing of the plug-in is loaded here. Belongs to the deployer's thread, which waits.
 */
final class ConformanceTrial {
    /** Framework property: the folder of the test kit's jars. */
    static final String KIT = "sallyport.kit";

    static final Duration LIMIT = Duration.ofMinutes(2);

    private static final String MAIN = "io.sallyport.callout.testkit.conformance.JarConformance";
    private static final Path NICE = Path.of("/usr/bin/nice");
    private static final Duration TO_END_ITSELF = Duration.ofSeconds(10);
    private static final int MOST_ANSWER_BYTES = 1 << 16;
    private static final int REMEMBERED = 200;
    private static final int HELD = 0;
    private static final int OUT_OF_MEMORY = 3; // -XX:+ExitOnOutOfMemoryError
    private static final Pattern FAILED = Pattern.compile("(?:\\S+ )?([A-Za-z0-9-]+): failed: (.*)");
    private static final Pattern SAID = Pattern.compile("sallyport: (.*)");
    private static final Pattern CONFORMS = Pattern.compile("\\S+ \\S+ conforms: (.*)");
    private static final String MEND = "'./sallyport plugin conform JAR' tells all";
    private static final String AGAIN = "try it again ('plugin install FILE --conformance')";

    private final @Nullable String classPath;
    private final Duration limit;

    /** What was found, by digest: what is asked of every jar is not tried anew each time that another one comes or goes. */
    private final Map<String, Finding> found = new LinkedHashMap<>();

    /**
     * Prepares.
     *
     * @param classPath of the test kit; null if this gateway has none
     * @param limit for one jar
     */
    ConformanceTrial(@Nullable String classPath, Duration limit) {
        this.classPath = classPath;
        this.limit = limit;
    }

    /** With the kit in a folder, if it is there. */
    static ConformanceTrial withKit(@Nullable String folder) {
        boolean isThere = folder != null && !folder.isBlank() && Files.isDirectory(Path.of(folder));
        return new ConformanceTrial(isThere ? folder + File.separator + "*" : null, LIMIT);
    }

    /**
     * What is known of a jar, or is found out now.
     *
     * @param copy where nobody else writes to it
     * @param digest of its content
     */
    Finding known(Path copy, String digest) {
        Finding before = found.get(digest);
        return before == null ? anew(copy, digest) : before;
    }

    /** Tries a jar, whatever is known of it. */
    Finding anew(Path copy, String digest) {
        String kit = classPath;
        if (kit == null) {
            return Finding.refused(
                    "conformance cannot be tried: this gateway has no test kit (the folder kit beside its"
                            + " bundles); install it without --conformance, with 'trust conformance off'");
        }
        Finding finding;
        try {
            finding = run(kit, copy);
        } catch (IOException e) {
            return Finding.refused("conformance cannot be tried (" + e.getMessage() + "); " + AGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.refused("conformance was not tried: the gateway is about to end");
        }
        if (found.size() >= REMEMBERED) {
            found.clear();
        }
        found.put(digest, finding);
        return finding;
    }

    private Finding run(String kit, Path copy) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("conformance");
        try {
            Path answer = folder.resolve(".answer");
            ProcessBuilder builder = new ProcessBuilder(command(kit, copy, folder))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(answer.toFile());
            builder.environment().clear();
            builder.environment().put("LC_ALL", "C.UTF-8"); // file names are in it
            Process process = builder.start();
            try {
                if (!process.waitFor(limit.plus(TO_END_ITSELF).toMillis(), TimeUnit.MILLISECONDS)) {
                    return Finding.refused("conformance: its checks did not come to their end within "
                            + limit.toSeconds() + " s; " + AGAIN);
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
            return finding(process.exitValue(), lines(answer), copy);
        } finally {
            delete(folder);
        }
    }

    private List<String> command(String kit, Path copy, Path folder) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(NICE)) {
            command.addAll(List.of(NICE.toString(), "-n", "19"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-XX:ErrorFile=" + folder.resolve("crash"),
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                kit,
                MAIN,
                copy.toAbsolutePath().toString(),
                "--limit",
                Long.toString(limit.toSeconds())));
        return command;
    }

    private static List<String> lines(Path answer) throws IOException {
        try (InputStream in = Files.newInputStream(answer)) {
            return new String(in.readNBytes(MOST_ANSWER_BYTES), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    /** Whoever ends the process before its time has not passed: the last line has to say so. */
    private static Finding finding(int exit, List<String> lines, Path copy) {
        String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        Matcher conforms = CONFORMS.matcher(last);
        if (exit == HELD && conforms.matches()) {
            return new Finding("", conforms.group(1));
        }
        for (String line : lines) {
            Matcher failed = FAILED.matcher(line);
            if (failed.matches()) {
                return Finding.refused(
                        "conformance check " + failed.group(1) + " failed: " + failed.group(2) + "; " + MEND);
            }
        }
        for (String line : lines) {
            Matcher said = SAID.matcher(line);
            if (said.matches()) {
                String why = said.group(1).replace(copy.toAbsolutePath() + ": ", "");
                return Finding.refused("conformance: " + why + "; " + MEND);
            }
        }
        String why = exit == OUT_OF_MEMORY ? "256 MiB of heap are not enough for it" : "exit code " + exit;
        return Finding.refused("conformance: the checks ended before their time (" + why + "); " + MEND);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    /**
     * What came of it.
     *
     * @param refusal why the jar does not conform, in one line; empty if it does
     * @param text what is said of one that does
     */
    record Finding(String refusal, String text) {
        static Finding refused(String why) {
            return new Finding(why, "");
        }

        boolean isHeld() {
            return refusal.isEmpty();
        }
    }
}
