package io.sallyport.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.plugin.api.PluginReport;
import io.sallyport.stack.api.DataPathConfig.AddressPrefix;
import io.sallyport.stack.api.DataPathConfig.Checksums;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayVerbTest {
    private static final String CAPTURE = "5 0a\n6 dd\n7 0b\n";

    @TempDir
    Path folder;

    private final FakeGateway gateway = new FakeGateway();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @AfterEach
    void shouldCloseEverythingAndLeaveNoTemporaryFile() throws IOException {
        assertThat(gateway.open).as("engines, BFEs and data paths still open").isZero();
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".part"));
        }
    }

    @Test
    void shouldWriteFramesEventsAndStats() throws IOException {
        Path in = file("in.pcap", CAPTURE);

        int exit = replay(in, "--out", at("out.pcap"), "--events", at("events.jsonl"), "--stats", at("stats.json"));

        assertThat(exit).isZero();
        assertThat(folder.resolve("out.pcap")).hasContent("5 0a\n7 0b\n");
        assertThat(Files.readAllLines(folder.resolve("events.jsonl")))
                .containsExactly(
                        "{'ts':null,'kind':'state','file':'IN','frame':null,'flow':null,'direction':null,'layer':null,'proto':null,'src':null,'sport':null,'dst':null,'dport':null,'verdict':null,'reason':'started','filter':null,'filterKey':null,'provider':null,'sublayer':null,'callout':null,'revision':'permit-all'}"
                                .replace('\'', '"')
                                .replace("IN", in.toString()),
                        "{'ts':'1970-01-01T00:00:00.000000006Z','kind':'drop','file':'IN','frame':2,'flow':3,'direction':'outbound','layer':'inbound-transport-v4','proto':'udp','src':'192.168.1.9','sport':40000,'dst':'203.0.113.9','dport':53,'verdict':'block','reason':'policy','filter':'no-dd','filterKey':'00000000-0000-0000-0000-000000000007','provider':'operator','sublayer':'web','callout':null,'revision':'permit-all'}"
                                .replace('\'', '"')
                                .replace("IN", in.toString()),
                        "{'ts':'1970-01-01T00:00:00.000000007Z','kind':'state','file':'IN','frame':null,'flow':null,'direction':null,'layer':null,'proto':null,'src':null,'sport':null,'dst':null,'dport':null,'verdict':null,'reason':'ended','filter':null,'filterKey':null,'provider':null,'sublayer':null,'callout':null,'revision':'permit-all'}"
                                .replace('\'', '"')
                                .replace("IN", in.toString()));
        assertThat(folder.resolve("stats.json")).hasContent("""
                {
                  "framesIn" : 3,
                  "injected" : 0,
                  "framesOut" : 2,
                  "absorbed" : 0,
                  "pended" : 0,
                  "dropped" : {
                    "policy" : 1
                  },
                  "normalized" : { },
                  "callouts" : { }
                }
                """);
        assertThat(text(out)).isEqualTo(in + ": 3 frames in, 2 out, 1 dropped (policy 1)\n");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void shouldSayWhichCalloutsFailedOrAreMissing() throws IOException {
        gateway.callouts = Map.of(
                "com.example.good", new CalloutCounts(9, 0, 0, 0, ""),
                "com.example.bad", new CalloutCounts(2, 3, 0, 0, "java.lang.IllegalStateException: boom\nmore"),
                "com.example.gone", new CalloutCounts(0, 0, 0, 4, ""));

        assertThat(replay(file("in.pcap", CAPTURE), "--stats", at("stats.json")))
                .isZero();

        assertThat(text(err))
                .isEqualTo("sallyport: callout com.example.bad failed 3 times, first with: java.lang."
                        + "IllegalStateException: boom\nsallyport: note: callout com.example.gone is not registered, no"
                        + " plug-in offers it; its filters matched 4 times and blocked, or were skipped if they only"
                        + " inspect\n");
        assertThat(folder.resolve("stats.json")).content().contains("\"com.example.bad\" : {", "\"faults\" : 3");
    }

    @Test
    void shouldGiveEachCaptureOfSeveralAnOutputOfTheSameName() throws IOException {
        Path one = file("one.pcap", CAPTURE);
        file("all/sub/two.pcap", "5 0a\n");
        file("all/readme.txt", "no capture");

        int exit = replay(one, at("all"), "--out-dir", at("result"), "--stats", at("stats.json"));

        assertThat(exit).isZero();
        assertThat(folder.resolve("result/one.pcap")).hasContent("5 0a\n7 0b\n");
        assertThat(folder.resolve("result/sub/two.pcap")).hasContent("5 0a\n");
        assertThat(Files.readString(folder.resolve("stats.json")))
                .contains("\"framesIn\" : 4")
                .contains("\"files\" : {\n    \"" + one + "\" : {\n      \"framesIn\" : 3");
        assertThat(text(out)).endsWith("2 captures: 4 frames in, 3 out, 1 dropped (policy 1)\n");
        assertThat(gateway.configs).hasSize(2);
    }

    @Test
    void shouldGoOnAfterAnUnreadableCapture() throws IOException {
        int exit = replay(
                file("a.pcap", "text\n"),
                file("b.pcap", "5 0a\ncut\n"),
                at("none.pcap"),
                file("c.pcap", CAPTURE),
                "--out-dir",
                at("result"),
                "--events",
                at("e"));

        assertThat(exit).isEqualTo(4);
        assertThat(folder.resolve("result/b.pcap")).hasContent("5 0a\n");
        assertThat(folder.resolve("result/c.pcap")).exists();
        assertThat(folder.resolve("result/none.pcap")).doesNotExist();
        assertThat(Files.readAllLines(folder.resolve("e")).stream().filter(line -> line.contains("\"kind\":\"fault\"")))
                .hasSize(3)
                .anyMatch(line ->
                        line.contains("none.pcap\",\"frame\":null") && line.contains("\"reason\":\"no such file\""));
        assertThat(text(err)).contains("b.pcap: frame is cut\n").contains("none.pcap: no such file\n");
    }

    @Test
    void shouldExit4ForASingleUnreadableCapture() throws IOException {
        assertThat(replay(at("none.pcap"), "--out", at("out.pcap"))).isEqualTo(4);

        assertThat(folder.resolve("out.pcap")).doesNotExist();
        assertThat(text(err)).isEqualTo("sallyport: " + at("none.pcap") + ": no such file\n");
    }

    @Test
    void shouldJudgeByThePolicy() throws IOException {
        int exit = replay(file("in.pcap", CAPTURE), "--policy", file("p.yaml", "r2"), "--events", at("events"));

        assertThat(exit).isZero();
        assertThat(Files.readString(folder.resolve("events"))).contains("\"revision\":\"r2\"");
    }

    @Test
    void shouldWriteNothingIfThePolicyIsInvalid() throws IOException {
        Path policy = file("p.yaml", "bad");

        int exit =
                replay(file("in.pcap", CAPTURE), "--policy", policy, "--out", at("out.pcap"), "--events", at("events"));

        assertThat(exit).isEqualTo(4);
        assertThat(text(err)).startsWith(policy + ":3:5: error: filter x: layer: unknown layer\n");
        assertThat(folder.resolve("out.pcap")).doesNotExist();
        assertThat(folder.resolve("events")).doesNotExist();

        assertThat(replay(file("in.pcap", CAPTURE), "--policy", at("nowhere.yaml")))
                .isEqualTo(4);
        assertThat(text(err)).endsWith("nowhere.yaml: no such file or folder\n");
    }

    @Test
    void shouldJudgeNothingIfAPluginIsRefused() throws IOException {
        gateway.plugins = List.of(
                new PluginReport(Path.of("good.jar"), "good", "1.0.0", true, ""),
                new PluginReport(Path.of("bad.jar"), null, null, false, "it is no bundle"));

        assertThat(replay(file("in.pcap", CAPTURE), "--plugins", folder, "--out", at("out.pcap")))
                .isEqualTo(4);
        assertThat(text(err)).startsWith("sallyport: plug-in bad.jar is refused: it is no bundle\n");
        assertThat(folder.resolve("out.pcap")).doesNotExist();

        assertThat(replay(file("in.pcap", CAPTURE), "--plugins", at("none"))).isEqualTo(4);
    }

    @Test
    void shouldRefuseAWrongCommandLine() throws IOException {
        Path in = file("in.pcap", CAPTURE);
        Path twin = file("sub/in.pcap", CAPTURE);
        assertUsage("Missing required parameter");
        assertUsage("--colour", in, "--colour", "red");
        assertUsage("several captures need --out-dir", in, twin);
        assertUsage("several captures need --out-dir", in, twin, "--out", at("o"));
        assertUsage("is a folder: its captures need --out-dir", folder);
        assertUsage("cannot be used together", in, "--inside", "10.0.0.0/8", "--inside-mac", "02:00:00:00:00:01");
        assertUsage("cannot be used together", in, "--out", at("o"), "--out-dir", at("d"));
        assertUsage("--out would overwrite the capture", in, "--out", in);
        assertUsage("would overwrite the capture", in, "--out-dir", folder);
        assertUsage("--events would overwrite the capture", in, "--events", at("sub/../in.pcap"));
        assertUsage("--stats would overwrite the policy", in, "--policy", twin, "--stats", twin);
        assertUsage("would be written to the same file", in, twin, "--out-dir", at("d"));
        assertUsage("--out and --events would be written to the same file", in, "--out", at("o"), "--events", at("o"));
        assertUsage("the folder of " + at("none/o") + " does not exist", in, "--out", at("none/o"));
        assertUsage("is a folder", in, "--out", folder);
        assertUsage("'maybe' is neither verify nor ignore", in, "--checksums", "maybe");
        assertUsage("'10.0.0.0/33' is no address or prefix", in, "--inside", "10.0.0.0/33");
        assertUsage("'lan' is no MAC address", in, "--inside-mac", "lan");
        assertThat(gateway.configs).isEmpty();
    }

    @Test
    void shouldHandOnWhoIsInsideAndWhatChecksumsCount() throws IOException {
        assertThat(replay(
                        file("in.pcap", CAPTURE), "--inside", "192.168.0.0/16,2001:db8::/32", "--checksums", "ignore"))
                .isZero();
        assertThat(replay(file("in.pcap", CAPTURE), "--inside-mac", "02:00:5e:10:00:01,02-00-5E-10-00-02"))
                .isZero();

        assertThat(gateway.configs.get(0).checksums()).isEqualTo(Checksums.IGNORE);
        assertThat(gateway.configs.get(0).insidePrefixes())
                .containsExactly(
                        new AddressPrefix(4, 0, 0xc0a80000L, 16), new AddressPrefix(6, 0x20010db8_00000000L, 0, 32));
        assertThat(gateway.configs.get(1).checksums()).isEqualTo(Checksums.VERIFY);
        assertThat(gateway.configs.get(1).insideMacs()).containsExactly(0x02005e100001L, 0x02005e100002L);
    }

    @Test
    void shouldExit1IfTheOutputCannotBeWritten() throws IOException {
        Path in = file("in.pcap", "13 0d\n");

        assertThat(replay(in, "--out", at("out.pcap"))).isEqualTo(1);
        assertThat(text(err)).isEqualTo("sallyport: cannot write " + at("out.pcap") + ": the disk may be full\n");
        assertThat(folder.resolve("out.pcap")).doesNotExist();
        err.reset();
        assertThat(replay(file("a.pcap", CAPTURE), "--events", "/dev/full")).isEqualTo(1);
        assertThat(text(err)).isEqualTo("sallyport: cannot write /dev/full: No space left on device\n");
    }

    @Test
    void shouldExit1IfStdoutIsClosed() throws IOException {
        PrintStream closed = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        int exit = new ReplayVerb(gateway.services(), closed, print(err))
                .applyAsInt(new String[] {file("in.pcap", CAPTURE).toString()});

        assertThat(exit).isEqualTo(1);
        assertThat(text(err)).contains("cannot write to stdout");
    }

    @Test
    void shouldExit1IfTheBooksDoNotBalance() throws IOException {
        gateway.isUnbalanced = true;

        assertThat(replay(file("in.pcap", CAPTURE))).isEqualTo(1);
        assertThat(text(err)).contains("in.pcap: the books do not balance").contains("bug");
    }

    @Test
    void shouldPrintTheHelpThatTheScriptPrints() throws IOException {
        Path help = Path.of("../cnf/help/replay.txt");
        if (Boolean.getBoolean("sallyport.help.write")) {
            Files.writeString(help, ReplayCommand.usage());
        }

        assertThat(replay("--help")).isZero();
        assertThat(text(out)).isEqualTo(Files.readString(help));
        assertThat(text(err)).isEmpty();
    }

    private void assertUsage(String message, Object... arguments) {
        err.reset();
        assertThat(replay(arguments)).as(message).isEqualTo(2);
        assertThat(text(err)).contains(message).endsWith("see ./sallyport replay --help\n");
        assertThat(text(out)).isEmpty();
    }

    private int replay(Object... arguments) {
        String[] texts = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
        return new ReplayVerb(gateway.services(), print(out), print(err)).applyAsInt(texts);
    }

    private Path file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private static PrintStream print(OutputStream stream) {
        return new PrintStream(stream, true, UTF_8);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(UTF_8);
    }
}
