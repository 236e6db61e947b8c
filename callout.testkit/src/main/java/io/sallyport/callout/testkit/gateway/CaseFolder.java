package io.sallyport.callout.testkit.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/**
 * Cases: what a policy makes of a capture, as files. A folder for each case holds
 *
 * <ul>
 *   <li>{@code policy.yaml}: the policy; without it, the gateway's own counts
 *   <li>one capture: {@code in.pcap} or {@code in.pcapng}, maybe with {@code .gz}
 *   <li>{@code events.txt}: the events that are expected, a line each as {@link GatewayEvent#line} writes them, and at its end
 *       how many frames left by each port; empty lines and such that begin with {@code #} do not count
 *   <li>{@code out.pcap}, if the frames that leave are to be compared, too
 *   <li>{@code README.md}, if there is something to say
 * </ul>
 *
 * <p>With the system property {@code sallyport.cases=rewrite} events are written instead of compared, and {@code out.pcap}
 * if it is there. Look at the difference before you commit it.
 */
final class CaseFolder {
    private static final String REWRITE = "rewrite";
    private static final String MODE = "sallyport.cases";
    private static final String POLICY = "policy.yaml";
    private static final String EVENTS = "events.txt";
    private static final String OUT = "out.pcap";
    private static final String README = "README.md";
    private static final List<String> CAPTURES = List.of("in.pcap", "in.pcapng", "in.pcap.gz", "in.pcapng.gz");

    private final TestGateway settings;
    private final Path folder;
    private final boolean isRewriting;

    private CaseFolder(TestGateway settings, Path folder, boolean isRewriting) {
        this.settings = settings;
        this.folder = folder;
        this.isRewriting = isRewriting;
    }

    static Stream<DynamicTest> tests(TestGateway settings, Path folder) {
        String mode = System.getProperty(MODE, "");
        if (!mode.isEmpty() && !mode.equals(REWRITE)) {
            throw new IllegalArgumentException("-D" + MODE + " is " + REWRITE + " or nothing, not '" + mode + "'");
        }
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("there is no folder of cases " + folder.toAbsolutePath());
        }
        List<Path> cases = children(folder).stream().filter(Files::isDirectory).toList();
        if (cases.isEmpty()) {
            throw new IllegalArgumentException(folder + " has no case: a folder with " + POLICY + ", a capture such as "
                    + CAPTURES.get(0) + " and " + EVENTS);
        }
        return cases.stream()
                .map(one -> DynamicTest.dynamicTest(
                        String.valueOf(one.getFileName()),
                        one.toUri(),
                        () -> new CaseFolder(settings, one, mode.equals(REWRITE)).run()));
    }

    private void run() throws IOException {
        Path capture = capture();
        Path policy = folder.resolve(POLICY);
        List<String> expected = isRewriting ? List.of() : expected();
        Outcome outcome;
        try (TestGateway gateway = settings.copy()) {
            if (Files.exists(policy)) {
                gateway.policy(policy);
            } else if (!gateway.hasPolicy()) {
                throw wrong("has no " + POLICY + ", and the gateway has no policy of its own");
            }
            try {
                outcome = gateway.open().replay(capture);
            } catch (IllegalArgumentException | UncheckedIOException e) {
                throw new AssertionError(folder + ": " + e.getMessage(), e);
            }
            Path out = folder.resolve(OUT);
            if (isRewriting) {
                Files.write(folder.resolve(EVENTS), lines(outcome));
                if (Files.exists(out)) {
                    gateway.running().gateway().write(out, frames(outcome));
                }
                return;
            }
            compare(expected, lines(outcome));
            if (Files.exists(out)) {
                compareFrames(gateway.running().gateway(), out, frames(outcome));
            }
        }
    }

    private Path capture() {
        List<Path> captures = new ArrayList<>();
        for (Path file : children(folder)) {
            String name = String.valueOf(file.getFileName());
            if (CAPTURES.contains(name)) {
                captures.add(file);
            } else if (!List.of(POLICY, EVENTS, OUT, README).contains(name)) {
                throw wrong("has a file that means nothing here: " + name + "; known are " + POLICY + ", "
                        + String.join(", ", CAPTURES) + ", " + EVENTS + ", " + OUT + " and " + README);
            }
        }
        if (captures.size() != 1) {
            throw wrong(
                    captures.isEmpty()
                            ? "has no capture; known are " + String.join(", ", CAPTURES)
                            : "has several captures: " + captures);
        }
        return captures.get(0);
    }

    private List<String> expected() throws IOException {
        Path file = folder.resolve(EVENTS);
        if (!Files.exists(file)) {
            throw wrong("has no " + EVENTS + "; -D" + MODE + "=" + REWRITE + " writes it");
        }
        List<String> events = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (!isEvent(line)) {
                throw wrong(EVENTS + ":" + number + ": no event begins like '" + line + "'; known are "
                        + Stream.of(GatewayEvent.Kind.values())
                                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                        + " and left");
            }
            events.add(line.stripTrailing());
        }
        return events;
    }

    private static boolean isEvent(String line) {
        String word = line.split(" ", 2)[0];
        if (word.equals("left")) {
            return true;
        }
        for (GatewayEvent.Kind kind : GatewayEvent.Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(word)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> lines(Outcome outcome) {
        List<String> lines = new ArrayList<>(
                outcome.events().stream().map(GatewayEvent::line).toList());
        for (Side side : List.of(Side.LAN, Side.WAN)) {
            lines.add("left " + side.name().toLowerCase(Locale.ROOT) + " "
                    + outcome.emitted(side).size());
        }
        return lines;
    }

    private void compare(List<String> expected, List<String> actual) {
        for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
            String wanted = at(expected, i);
            String got = at(actual, i);
            if (wanted == null || !wanted.equals(got)) {
                throw wrong("event " + (i + 1) + "\n  expected: " + (wanted == null ? "nothing more" : wanted)
                        + "\n  but was:  " + (got == null ? "nothing more" : got) + "\n-D" + MODE + "=" + REWRITE
                        + " writes " + EVENTS + " anew");
            }
        }
    }

    private static @Nullable String at(List<String> lines, int index) {
        return index < lines.size() ? lines.get(index) : null;
    }

    private static List<byte[]> frames(Outcome outcome) {
        return outcome.emitted().stream().map(EmittedFrame::bytes).toList();
    }

    private void compareFrames(GatewayUnderTest gateway, Path out, List<byte[]> actual) throws IOException {
        List<byte[]> expected = new ArrayList<>();
        gateway.read(out, (frame, wireLength, flags, timestampNs) -> expected.add(frame));
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            int at = java.util.Arrays.mismatch(expected.get(i), actual.get(i));
            if (at >= 0) {
                throw wrong("frame " + (i + 1) + " that left is other than in " + OUT + ", from byte " + at + " on");
            }
        }
        if (expected.size() != actual.size()) {
            throw wrong(actual.size() + " frames left, and " + expected.size() + " are in " + OUT);
        }
    }

    private AssertionError wrong(String what) {
        return new AssertionError(folder + " " + what);
    }

    private static List<Path> children(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
