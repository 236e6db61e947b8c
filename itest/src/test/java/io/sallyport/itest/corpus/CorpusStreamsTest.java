package io.sallyport.itest.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DropReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What the stream and datagram layers show of the captures is what the manifest says: the hashes over whole TCP streams, the
 * names asked for in DNS, those in ClientHellos, and the hosts of HTTP requests.
 *
 * <p>The manifest also counts what no layer of the gateway can show: streams inside tunnels, behind other headers than Ethernet
 * II, or that the capture has cut, and bytes that come after a RST has ended their connection. Which captures these are is not listed here: a plain reading of the frames, which knows no
 * tunnels, does not come to the manifest's result there either; and then the layers must show what that reading finds.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorpusStreamsTest {

    /**
     * A capture.
     *
     * @param plain all its frames, read plainly
     * @param unbroken those that the gateway did not drop as cut or malformed, read plainly
     * @param shown by the layers
     */
    private record Result(Manifest.Row row, ReferenceStreams plain, ReferenceStreams unbroken, Recorder shown) {}

    private final List<String> different = new ArrayList<>();
    private final List<String> outside = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final List<String> differentNames = new ArrayList<>();
    private final List<String> namesOutside = new ArrayList<>();
    private int captures;
    private int asInManifest;
    private int namesAsInManifest;
    private int streams;

    /** Each capture by itself, so that none is kept. */
    @BeforeAll
    void passAll() throws Exception {
        for (Manifest.Row row : Manifest.rows()) {
            Recorder recorder = new Recorder();
            Passage passage = Passage.of(row, recorder);
            ReferenceStreams plain = new ReferenceStreams();
            ReferenceStreams unbroken = new ReferenceStreams();
            for (int i = 0; i < passage.entered().size(); i++) {
                plain.add(passage.entered().get(i));
                DropReason reason = passage.dropped().get(i + 1L);
                if (reason == null || !isBroken(reason)) {
                    unbroken.add(passage.entered().get(i));
                }
            }
            Result result = new Result(row, plain, unbroken, recorder);
            captures++;
            judgeStreams(result);
            judgeNames(result);
        }
    }

    private static boolean isBroken(DropReason reason) {
        return reason == DropReason.TRUNCATED || reason.label().startsWith("malformed");
    }

    private void judgeStreams(Result result) {
        List<Conversation> complete = result.plain.complete();
        if (isAsInManifest(result.row, complete, result.shown.counterpartsOf(complete))) {
            asInManifest++;
            streams += complete.size();
        } else if (!isAsInManifest(result.row, complete, complete)) {
            outside.add(result.row.name());
        } else {
            ended.add(result.row.name());
        }
        compare(result);
    }

    /** Whatever the manifest says: what is there to be shown was shown. */
    private void compare(Result result) {
        List<Conversation> all = result.unbroken.complete();
        List<Conversation> untilReset = result.unbroken.completeUntilReset();
        List<Conversation> shown = result.shown.counterpartsOf(all);
        for (int i = 0; i < all.size(); i++) {
            Conversation here = shown.get(i);
            boolean isAgain = result.shown.wasAdoptedAgain(here) && here.hasSameBytesOrBeganAnew(all.get(i));
            if (!isAgain && !here.hasSameBytes(all.get(i)) && !here.hasSameBytes(untilReset.get(i))) {
                different.add(
                        result.row.name() + " " + here.first() + ">" + here.second() + ": " + here.fromFirst().length
                                + " of " + all.get(i).fromFirst().length + ", " + here.fromSecond().length + " of "
                                + all.get(i).fromSecond().length);
            }
        }
    }

    private static boolean isAsInManifest(Manifest.Row row, List<Conversation> complete, List<Conversation> read) {
        boolean isEmpty = complete.isEmpty() && row.text("full_streams_sha256").isEmpty();
        return isEmpty
                || (complete.size() == row.number("full_streams")
                        && Conversation.hash(read).equals(row.text("full_streams_sha256")));
    }

    private void judgeNames(Result result) {
        Names shown = Names.in(result.shown.streams(), result.shown.datagrams());
        if (shown.isAsIn(result.row)) {
            namesAsInManifest++;
            return;
        }
        Names unbroken = Names.in(result.unbroken.pieces(), result.unbroken.datagrams());
        if (!unbroken.isAsIn(result.row) && shown.equals(unbroken)) {
            namesOutside.add(result.row.name());
        } else {
            differentNames.add(result.row.name() + ": " + shown + " instead of " + result.row.set("tls_sni")
                    + result.row.set("http_hosts") + result.row.number("dns_names"));
        }
    }

    @Test
    void shouldShowTheStreamsOfTheManifest() {
        System.out.printf(
                "corpus: the streams of %d captures are those of the manifest, %d in all; of %d, some are out of sight: %s; of %d,"
                        + " some frames are broken, or come after a RST: %s%n",
                asInManifest, streams, outside.size(), outside, ended.size(), ended);
        assertThat(different).isEmpty();
        assertThat(asInManifest).isGreaterThanOrEqualTo(captures - 20);
    }

    @Test
    void shouldShowTheNamesOfTheManifest() {
        System.out.printf(
                "corpus: the names of %d captures are those of the manifest; %d have names out of sight: %s%n",
                namesAsInManifest, namesOutside.size(), namesOutside);
        assertThat(differentNames).isEmpty();
        assertThat(namesAsInManifest).isGreaterThanOrEqualTo(captures - 20);
    }
}
