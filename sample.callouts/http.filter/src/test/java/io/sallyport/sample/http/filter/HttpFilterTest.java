package io.sallyport.sample.http.filter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.Direction;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.testkit.FakeFlow;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.StreamRun;
import io.sallyport.layer.Layer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpFilterTest {

    private static final Map<String, Object> CONTEXT = Map.of(
            "hosts", List.of("bad.example"), "paths", List.of("/admin", "/a b/c"), "words", List.of("EVIL", "secret"));
    private static final String GET = "GET / HTTP/1.1\r\nHost: good.example\r\n\r\n";

    private final HttpFilter callout = new HttpFilter();
    private final FakeRuntimeFilter usual = filter(CONTEXT);

    private static FakeRuntimeFilter filter(Map<String, Object> context) {
        return new FakeRuntimeFilter(Layer.STREAM_V4, context);
    }

    /** Both directions of one connection. */
    private final class Lab {
        private final FakeFlow flow = new FakeFlow(1);
        private final StreamRun client;
        private final StreamRun server;

        Lab(Map<String, Object> context) {
            FakeRuntimeFilter filter = context.equals(CONTEXT) ? usual : filter(context);
            client = new StreamRun(callout, filter, flow, Direction.OUTBOUND);
            server = new StreamRun(callout, filter, flow, Direction.INBOUND);
        }

        Lab ask(String request) {
            send(client, request.getBytes(ISO_8859_1), 1_400);
            return this;
        }

        String asked() {
            return new String(client.left(), ISO_8859_1);
        }

        String answered() {
            return new String(server.left(), ISO_8859_1);
        }
    }

    private static void send(StreamRun run, byte[] bytes, int segmentBytes) {
        for (int at = 0; at < bytes.length; at += segmentBytes) {
            run.segment(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + segmentBytes)));
        }
    }

    private Lab lab() {
        return new Lab(CONTEXT);
    }

    private static byte[] latin(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(latin(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] zlib(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            out.write(latin(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] chunked(byte[] body, int size) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = 0; at < body.length; at += size) {
            int count = Math.min(size, body.length - at);
            bytes.writeBytes(latin(Integer.toHexString(count) + ";x=y\r\n"));
            bytes.write(body, at, count);
            bytes.writeBytes(latin("\r\n"));
        }
        bytes.writeBytes(latin("0\r\nTrailer: x\r\n\r\n"));
        return bytes.toByteArray();
    }

    // ---- hosts and paths

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: bad.example\r\n\r\n",
                "GET / HTTP/1.1\r\nhOSt:\t WWW.Bad.Example:8080 \r\n\r\n",
                "GET / HTTP/1.0\r\nHost: bad.example.\r\n\r\n",
                "GET http://bad.example/ HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "GET http://bad.example HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "CONNECT bad.example:443 HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "GET /admin HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /admin/x?y HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /%61dm%69n?q HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET //x/..\\./admin/ HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /../admin#f HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /a%20b/c/d HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET http://good.example/admin HTTP/1.1\r\nHost: x\r\n\r\n",
            })
    @Tag("STR-7")
    void shouldLetNoByteOfARefusedRequestLeaveWhereverItIsCut(String request) {
        for (int cut = 1; cut < request.length(); cut++) {
            Lab lab = lab();
            lab.client.segment(latin(request.substring(0, cut)));
            assertThat(lab.asked()).as("cut at " + cut).isEmpty();
            lab.client.segment(latin(request.substring(cut)));
            assertThat(lab.asked()).as("cut at " + cut).isEmpty();
            assertThat(lab.client.isDropped()).as("cut at " + cut).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                GET,
                "GET /administrator?/admin HTTP/1.1\r\nHost: notbad.example\r\n\r\n",
                "GET /x/admin HTTP/1.1\r\nHost: [2001:db8::1]:80\r\nX: bad.example\r\n\r\n",
                "GET /admin/../x HTTP/1.1\r\nHost:\r\n\r\n",
                "GET / HTTP/1.0\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nEVI!",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nEVI\r\n0\r\n\r\n",
                "\r\nGET /EVIL HTTP/1.1\r\nHost: x\r\nEVIL: secret\r\n\r\n",
            })
    void shouldLetOtherRequestsLeaveWhereverTheyAreCut(String request) {
        for (int size = 1; size <= request.length(); size++) {
            Lab lab = lab();
            send(lab.client, latin(request + GET), size);
            assertThat(lab.asked()).as("segments of " + size).isEqualTo(request + GET);
        }
    }

    @Test
    void shouldLetWhatIsGoodLeaveBeforeWhatIsNot() {
        Lab lab = lab().ask(GET + GET + "GET /admin HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(lab.asked()).isEqualTo(GET + GET);
        assertThat(lab.client.isDropped()).isTrue();
    }

    // ---- what could be read in two ways

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n",
                "GET / HTTP/1.1\nHost: a\n\n",
                "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n",
                "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
                "GET /  HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / x HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET x HTTP/1.1\r\nHost: a\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\nx\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
            })
    void shouldDropRequestsThatCannotBeFollowed(String request) {
        Lab lab = lab().ask(request);
        assertThat(lab.client.isDropped()).isTrue();
        assertThat(lab.asked()).isEmpty();
    }

    @Test
    void shouldDropHugeHeadsAndHalfOnes() {
        assertThat(lab().ask("GET / HTTP/1.1\r\nX: " + "y".repeat(70_000))
                        .client
                        .isDropped())
                .isTrue();
        Lab half = lab().ask("GET / HTTP/1.1\r\n");
        half.client.end();
        assertThat(half.client.isDropped()).isTrue();
        assertThat(half.asked()).isEmpty();
    }

    // ---- words in requests

    private static String chunk(String content) {
        return content.length() + "\r\n" + content + "\r\n";
    }

    @Test
    @Tag("STR-7")
    void shouldHoldARequestWithAWordFromItsFirstByte() {
        String plain = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nhello EVILxx";
        String head = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        String cut = head + chunk("sE") + chunk("V") + chunk("IL") + chunk("");
        for (String request : List.of(plain, cut)) {
            for (int size = 1; size <= request.length(); size++) {
                Lab lab = lab();
                send(lab.client, latin(GET + request), size);
                assertThat(lab.asked()).as("segments of " + size).isEqualTo(GET);
                assertThat(lab.client.isDropped()).as("segments of " + size).isTrue();
            }
        }
    }

    @Test
    void shouldReadCompressedRequests() {
        for (String coding : List.of("gzip", "deflate")) {
            byte[] body = coding.equals("gzip") ? gzip("so secret") : zlib("so secret");
            byte[] request = concat(
                    latin("POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: " + coding + "\r\nContent-Length: "
                            + body.length + "\r\n\r\n"),
                    body);
            for (int size : new int[] {1, 2, 7, 1_000}) {
                Lab lab = lab();
                send(lab.client, request, size);
                assertThat(lab.client.isDropped()).isTrue();
                assertThat(lab.asked()).isEmpty();
            }
        }
    }

    @Test
    void shouldLetALongRequestGoAfterOneMebibyteAndStopItAtTheWord() {
        int before = Inspection.MAX_HELD_BODY_BYTES + 100_000;
        String head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + (before + 4) + "\r\n\r\n";
        Lab lab = lab().ask(head + ".".repeat(1_000_000));
        assertThat(lab.asked()).isEmpty();
        lab.ask(".".repeat(before - 1_000_000) + "EVI");
        assertThat(lab.asked()).hasSize(head.length() + before);
        lab.ask("L");
        assertThat(lab.client.isDropped()).isTrue();
        assertThat(lab.asked()).hasSize(head.length() + before);
    }

    // ---- words in responses

    @Test
    @Tag("STR-5")
    void shouldLetNoWordOfAResponseLeaveHoweverItIsCut() {
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        byte[] body = latin("all is well, EV, EVI, said the secreEVIL one");
        for (int chunk = 1; chunk <= body.length; chunk++) {
            byte[] response = concat(latin(head), chunked(body, chunk));
            for (int size : new int[] {1, 2, 3, 5, 11, 1_000}) {
                Lab lab = lab().ask(GET);
                send(lab.server, response, size);
                assertThat(lab.server.isDropped()).isTrue();
                String text = lab.answered().replaceAll(";x=y|\r\n|[0-9a-f](?=;x=y)", "");
                assertThat(text).doesNotContain("EVIL").doesNotContain("one");
            }
        }
    }

    @Test
    @Tag("STR-7")
    void shouldWithholdOnlyWhatCouldBeTheStartOfAWord() {
        Lab lab = lab().ask(GET);
        lab.server.segment(latin("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nwell EVI"));
        assertThat(lab.answered()).endsWith("well ");
        assertThat(lab.server.withheldBytes()).isEqualTo(3);
        lab.server.segment(latin(" and good day"));
        assertThat(lab.answered()).endsWith("well EVI and good da"); // the last byte is the start of another response
    }

    @Test
    void shouldReadCompressedResponsesOfSeveralMembers() {
        byte[] body = concat(gzip("first "), gzip("then the sec"), gzip("ret"));
        String head = "HTTP/1.1 200 OK\r\nContent-Encoding: x-gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (int chunk : new int[] {1, 3, 10, 1_000}) {
            Lab lab = lab().ask(GET);
            send(lab.server, concat(latin(head), chunked(body, chunk)), 13);
            assertThat(lab.server.isDropped()).isTrue();
        }
        Lab good = lab().ask(GET);
        byte[] response = concat(latin(head), chunked(concat(gzip("all"), gzip(" well")), 5));
        send(good.server, response, 7);
        assertThat(good.server.left()).isEqualTo(response);
    }

    @Test
    void shouldRefuseBombs() {
        byte[] bomb = gzip("0".repeat(8_000_000));
        Lab lab = lab().ask(GET);
        send(
                lab.server,
                concat(
                        latin("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + bomb.length
                                + "\r\n\r\n"),
                        bomb),
                1_400);
        assertThat(lab.server.isDropped()).isTrue();
    }

    @Test
    void shouldKnowWhichResponsesHaveABody() {
        String head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
        Lab lab = lab().ask(head + GET + GET + GET);
        String answers = String.join(
                "\r\n",
                List.of(
                        "HTTP/1.1 200 OK",
                        "Content-Length: 9",
                        "",
                        "HTTP/1.1 100 Continue",
                        "",
                        "HTTP/1.1 204 No Content",
                        "",
                        "HTTP/1.1 304 Not Modified",
                        "Content-Length: 9",
                        "",
                        "HTTP/1.1 200 OK",
                        "",
                        "up to the end, HTTP/1.1 EVI"));
        send(lab.server, latin(answers), 5);
        lab.server.end();
        assertThat(lab.answered()).isEqualTo(answers);
        Lab bad = lab().ask(GET);
        send(bad.server, latin("HTTP/1.0 200 OK\r\n\r\nup to the EVIL end"), 5);
        assertThat(bad.server.isDropped()).isTrue();
    }

    @Test
    void shouldDropAnswersThatNobodyAskedFor() {
        Lab lab = lab();
        lab.server.segment(latin("HTTP/1.1 200 OK\r\n\r\n"));
        assertThat(lab.server.isDropped()).isTrue();
    }

    @Test
    void shouldDoAsToldAboutOtherProtocolsAndCodings() {
        String upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
        String brotli = "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 4\r\n\r\nEVIx";
        Map<String, Object> lenient = Map.of("words", List.of("EVIL"), "tunnels", "permit", "unreadable", "permit");
        for (String answer : List.of(upgrade, brotli)) {
            Lab strict = lab().ask(GET);
            strict.server.segment(latin(answer));
            assertThat(strict.server.isDropped()).isTrue();
            Lab lab = new Lab(lenient).ask(GET);
            lab.server.segment(latin(answer));
            assertThat(lab.answered()).isEqualTo(answer);
        }
        Lab connected = new Lab(lenient).ask("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n");
        connected.server.segment(latin("HTTP/1.1 200 OK\r\n\r\n"));
        assertThat(connected.server.isAllowed()).isTrue();
    }

    // ---- anything

    @Test
    @Tag("STR-7")
    void shouldNeverThrowAndNeverLetAWordLeaveOfMutatedMessages() {
        Random random = new Random(6);
        byte[] response = concat(
                latin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), chunked(latin("all is EVIL here"), 16));
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = response.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Lab lab = lab().ask(GET);
            send(lab.server, bytes, 1 + random.nextInt(bytes.length));
            lab.server.end();
            String text = new String(bytes, ISO_8859_1);
            boolean isContent = text.startsWith("chunked\r\n\r\n10;x=y\r\n", 36) && text.indexOf("EVIL") < 76;
            assertThat(isContent && lab.answered().contains("EVIL")).as(text).isFalse();
            assertThat(lab.server.isDropped() || lab.server.left().length == bytes.length)
                    .isTrue();
        }
    }

    @Test
    @Tag("STR-7")
    void shouldDropWhatIsHeldWhenNoMoreCanBeHeld() {
        Lab lab = lab();
        lab.client.segmentThatFillsTheBuffer(latin("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"));
        assertThat(lab.client.isDropped()).isTrue();
    }

    @Test
    @Tag("FLOW-3")
    void shouldGiveMemoryBackWhenAFlowEnds() {
        Lab lab = lab().ask(GET);
        byte[] body = gzip("hello");
        lab.server.segment(latin("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"));
        lab.server.segment(Arrays.copyOf(body, 12));
        lab.flow.end(callout);
        lab.flow.end(callout); // does not matter
        assertThat(lab.flow.context(Layer.STREAM_V4)).isNull();
    }

    @Test
    void shouldRefuseContextsThatMakeNoSense() {
        List<Map<String, Object>> contexts = List.of(
                Map.of(),
                Map.of("words", List.of()),
                Map.of("words", List.of("")),
                Map.of("words", List.of(7L)),
                Map.of("words", "EVIL"),
                Map.of("hosts", List.of("*.x")),
                Map.of("paths", List.of("admin")),
                Map.of("paths", List.of("/x?y")),
                Map.of("paths", List.of("/%zz")),
                Map.of("word", List.of("x")),
                Map.of("words", List.of("x"), "tunnels", "no"));
        for (Map<String, Object> context : contexts) {
            assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, UUID.randomUUID(), filter(context)))
                    .isInstanceOf(FilterRefusedException.class);
            assertThat(new Lab(context).ask(GET).asked()).isEmpty();
        }
        FakeRuntimeFilter elsewhere = new FakeRuntimeFilter(Layer.DATAGRAM_DATA_V4, CONTEXT);
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, UUID.randomUUID(), elsewhere))
                .isInstanceOf(FilterRefusedException.class)
                .hasMessageContaining("stream layers");
    }
}
