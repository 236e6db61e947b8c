package io.sallyport.itest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples over captures of real programs, of which it is known what is in them, by the verb replay. */
class SamplesOnCapturesTest {

    private static final Path CAPTURES = Path.of("captures");
    private static final String HEAD = """
            apiVersion: sallyport/v1
            provider: test
            """;

    @TempDir
    Path folder;

    // ---- tls-sni

    private static final Map<String, String> TLS = Map.of(
            "suricata-verify/bug-7264-tcp-3whs-ack-data-tls-01__input.pcap", "raw.githubusercontent.com",
            "suricata-verify/tls__tls13-draft19__tls13_draft19.pcap", "localhost");

    private static String tls(String names) {
        return HEAD + """
                callouts:
                  - {key: io.sallyport.sample.tls-sni, layer: [stream-v4, stream-v6]}
                contexts:
                  - {name: servers, data: {names: [%s], not-tls: permit}}
                filters:
                  - {name: judged, layer: [stream-v4, stream-v6], action: callout-unknown,
                     callout: io.sallyport.sample.tls-sni, context: servers}
                """.formatted(names);
    }

    @Test
    void shouldLetNoHelloLeaveThatNamesABlockedServer() throws Exception {
        Replayed replayed = replay(tls("githubusercontent.com, localhost"), TLS.keySet());
        TLS.forEach((capture, name) ->
                assertThat(replayed.left(capture)).as(capture).doesNotContain(name));
        assertThat(replayed.dropsBy("judged")).hasSameSizeAs(TLS.keySet());
    }

    @Test
    void shouldLetHellosLeaveThatNameOtherServers() throws Exception {
        Replayed replayed = replay(tls("example.org, xgithubusercontent.com, ocalhost"), TLS.keySet());
        TLS.forEach((capture, name) ->
                assertThat(replayed.left(capture)).as(capture).contains(name));
        assertThat(replayed.dropsBy("judged")).isEmpty();
    }

    // ---- http-filter

    private static final Map<String, String> HTTP = Map.of(
            "suricata-verify/firewall__ruletype-firewall-89-defaults-over-drop__input.pcap", "testmyids.org",
            "pcapplusplus/pcap__one_http_stream_fin.pcap", "backup.avg.cz",
            "zeek/http__pipelined-requests.pcap", "www.mozilla.org",
            "zeek/web.pcap", "www.icir.org");

    private static String http(String context) {
        return HEAD + """
                callouts:
                  - {key: io.sallyport.sample.http-filter, layer: [stream-v4, stream-v6]}
                contexts:
                  - {name: web, data: {%s}}
                filters:
                  - {name: judged, layer: [stream-v4, stream-v6], action: callout-unknown,
                     callout: io.sallyport.sample.http-filter, context: web}
                """.formatted(context);
    }

    @Test
    void shouldLetNoRequestLeaveToABlockedHost() throws Exception {
        Replayed replayed = replay(http("hosts: [testmyids.org, avg.cz, www.mozilla.org, icir.org]"), HTTP.keySet());
        HTTP.forEach((capture, name) ->
                assertThat(replayed.left(capture)).as(capture).doesNotContain("Host: " + name));
        assertThat(replayed.dropsBy("judged")).hasSameSizeAs(HTTP.keySet());
    }

    @Test
    void shouldLetRequestsLeaveToOtherHostsAndNoBlockedWord() throws Exception {
        String word = "uid=0(root)";
        Replayed replayed =
                replay(http("hosts: [ozilla.org], paths: [/nowhere], words: ['" + word + "']"), HTTP.keySet());
        HTTP.forEach((capture, name) ->
                assertThat(replayed.left(capture)).as(capture).contains("Host: " + name));
        assertThat(replayed.dropsBy("judged")).singleElement().asString().contains("firewall-89");
        replayed.left.values().forEach(left -> assertThat(left).doesNotContain(word));
        String untouched = replay(http("words: [nothing of this kind]"), HTTP.keySet())
                .left
                .toString();
        assertThat(untouched).contains(word);
    }

    // ---- dns-block

    @Test
    void shouldLetNoMessageLeaveAboutABlockedName() throws Exception {
        String capture = "suricata-verify/datasets-04-http-dns__input.pcap";
        for (boolean isBlocked : new boolean[] {true, false}) {
            Replayed replayed = replay(HEAD + """
                            callouts:
                              - {key: io.sallyport.sample.dns-block, layer: datagram-data-v4}
                            contexts:
                              - {name: names, data: {names: [%s]}}
                            filters:
                              - {name: judged, layer: datagram-data-v4, when: [{ip-protocol: udp}, {ip-remote-port: 53}],
                                 action: callout-unknown, callout: io.sallyport.sample.dns-block, context: names}
                            """.formatted(isBlocked ? "COM" : "xample.com"), List.of(capture));
            assertThat(replayed.dropsBy("judged")).hasSize(isBlocked ? 1 : 0);
            assertThat(replayed.left(capture).contains("\u0007example\u0003com"))
                    .isEqualTo(!isBlocked);
        }
    }

    // ---- ids

    /** The answer of testmyids.org is what every detection system is tried with. */
    @Test
    void shouldDropByARuleAndOnlyWhatItIsAbout() throws Exception {
        String capture = "suricata-verify/firewall__ruletype-firewall-89-defaults-over-drop__input.pcap";
        for (String sender : List.of("to_client", "to_server")) {
            Replayed replayed = replay(HEAD + """
                            callouts:
                              - {key: io.sallyport.sample.ids, layer: [stream-v4, stream-v6]}
                            contexts:
                              - name: rules
                                data:
                                  rules:
                                    - 'drop tcp any any -> any any (msg:"root"; flow:established,%s; content:"UID=0|28|"; nocase;
                                       content:"root"; distance:0; within:4; sid:2100498;)'
                            filters:
                              - {name: judged, layer: [stream-v4, stream-v6], action: callout-unknown,
                                 callout: io.sallyport.sample.ids, context: rules}
                            """.formatted(sender), List.of(capture));
            boolean isDropped = sender.equals("to_client");
            assertThat(replayed.dropsBy("judged")).hasSize(isDropped ? 1 : 0);
            assertThat(replayed.left(capture).contains("uid=0(root)")).isEqualTo(!isDropped);
        }
    }

    // ---- how

    /** What left of each capture, as text, and the drops. */
    private record Replayed(Map<String, String> left, List<String> events) {

        String left(String capture) {
            return left.get(capture);
        }

        /** The captures of which a filter dropped something. */
        List<String> dropsBy(String filter) {
            return events.stream()
                    .filter(line ->
                            line.contains("\"kind\":\"drop\"") && line.contains("\"filter\":\"" + filter + "\""))
                    .map(line -> line.replaceAll(".*\"file\":\"([^\"]*)\".*", "$1"))
                    .distinct()
                    .toList();
        }
    }

    private Replayed replay(String policy, Iterable<String> captures) throws Exception {
        Path policyFile = folder.resolve("policy.yaml");
        Files.writeString(policyFile, policy);
        Path out = folder.resolve("out");
        Path events = folder.resolve("events.jsonl");
        List<String> arguments = new ArrayList<>();
        captures.forEach(capture -> arguments.add(CAPTURES.resolve(capture).toString()));
        arguments.addAll(List.of("--policy", policyFile.toString(), "--plugins", System.getProperty("samples.dir")));
        arguments.addAll(List.of("--checksums", "ignore", "--out-dir", out.toString(), "--events", events.toString()));
        Verb.Result result = Verb.run("replay", arguments);
        assertThat(result.exitCode()).as(result.output()).isZero();
        Map<String, String> left = new TreeMap<>();
        for (String capture : captures) {
            left.put(capture, text(out.resolve(Path.of(capture).getFileName())));
        }
        return new Replayed(left, Files.readAllLines(events));
    }

    private static String text(Path capture) throws IOException {
        StringBuilder text = new StringBuilder();
        for (byte[] frame : PcapFile.read(capture)) {
            text.append(new String(frame, ISO_8859_1)).append('\n');
        }
        return text.toString();
    }
}
