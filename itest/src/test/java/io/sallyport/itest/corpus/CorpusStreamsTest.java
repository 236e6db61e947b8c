package io.sallyport.itest.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What the stream and datagram layers show of the captures is what the manifest says: the hashes over whole TCP streams, the
 * names asked for in DNS, those in ClientHellos, and the hosts of HTTP requests.
 *
 * <p>The manifest also counts what no layer of the gateway can show: streams inside tunnels, behind other headers than Ethernet
 * II, or that the capture has cut. Which captures these are is not listed here: a plain reading of the frames, which knows no
 * tunnels, does not come to the manifest's result there either; and then the layers must show what that reading finds.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorpusStreamsTest {

    /** A capture, as read plainly and as shown by the layers. */
    private record Result(Manifest.Row row, ReferenceStreams plain, Recorder shown) {}

    private final List<Result> results = new ArrayList<>();

    @BeforeAll
    void readAll() throws Exception {
        for (Manifest.Row row : Manifest.rows()) {
            Recorder recorder = new Recorder();
            Passage passage = Passage.of(row, recorder);
            ReferenceStreams plain = new ReferenceStreams();
            passage.entered().forEach(plain::add);
            results.add(new Result(row, plain, recorder));
        }
    }

    @Test
    void shouldShowTheStreamsOfTheManifest() {
        List<String> different = new ArrayList<>();
        int asInManifest = 0;
        int streams = 0;
        List<String> outside = new ArrayList<>();
        for (Result result : results) {
            List<Conversation> complete = result.plain.complete();
            String shown = Conversation.hash(result.shown.counterpartsOf(complete));
            boolean isAsInManifest = isAsInManifest(result.row, complete, shown);
            boolean isPlain = isAsInManifest(result.row, complete, Conversation.hash(complete));
            streams += isAsInManifest ? complete.size() : 0;
            asInManifest += isAsInManifest ? 1 : 0;
            if (!isPlain) {
                outside.add(result.row.name());
            }
            if (!shown.equals(Conversation.hash(complete))) {
                different.add(result.row.name() + describe(complete, result.shown.counterpartsOf(complete)));
            }
        }

        System.out.printf(
                "corpus: the streams of %d captures are those of the manifest, %d in all; %d have streams out of sight: %s%n",
                asInManifest, streams, outside.size(), outside);
        assertThat(different).isEmpty();
        assertThat(asInManifest).isGreaterThanOrEqualTo(results.size() - 12);
    }

    private static boolean isAsInManifest(Manifest.Row row, List<Conversation> complete, String hash) {
        boolean isEmpty = complete.isEmpty() && row.text("full_streams_sha256").isEmpty();
        return isEmpty
                || (complete.size() == row.number("full_streams") && hash.equals(row.text("full_streams_sha256")));
    }

    private static String describe(List<Conversation> expected, List<Conversation> shown) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < expected.size(); i++) {
            Conversation e = expected.get(i);
            Conversation s = shown.get(i);
            if (!Arrays.equals(e.fromFirst(), s.fromFirst()) || !Arrays.equals(e.fromSecond(), s.fromSecond())) {
                text.append(' ')
                        .append(e.first())
                        .append('>')
                        .append(e.second())
                        .append(": ");
                text.append(s.fromFirst().length)
                        .append(" of ")
                        .append(e.fromFirst().length)
                        .append(", ");
                text.append(s.fromSecond().length).append(" of ").append(e.fromSecond().length);
            }
        }
        return text.toString();
    }

    @Test
    void shouldShowTheNamesOfTheManifest() {
        List<String> different = new ArrayList<>();
        List<String> outside = new ArrayList<>();
        int asInManifest = 0;
        for (Result result : results) {
            Names shown = Names.in(result.shown.streams(), result.shown.datagrams());
            Names plain = Names.in(result.plain.pieces(), result.plain.datagrams());
            if (shown.isAsIn(result.row)) {
                asInManifest++;
            } else if (!plain.isAsIn(result.row) && shown.equals(plain)) {
                outside.add(result.row.name());
            } else {
                different.add(result.row.name() + ": " + shown + " instead of " + result.row.set("tls_sni")
                        + result.row.set("http_hosts") + result.row.number("dns_names"));
            }
        }

        System.out.printf(
                "corpus: the names of %d captures are those of the manifest; %d have names out of sight: %s%n",
                asInManifest, outside.size(), outside);
        assertThat(different).isEmpty();
        assertThat(asInManifest).isGreaterThanOrEqualTo(results.size() - 20);
    }
}
