package io.sallyport.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.BfeState;
import io.sallyport.gateway.api.ConnectionCounts;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventTemplate;
import io.sallyport.gateway.api.NetEvents;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NoticeBoardTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final NoticeBoard notices = new NoticeBoard(new PrintStream(err, true, UTF_8));
    private final Events events = new Events();

    @Test
    void shouldSpeakWhereTheProcessDoesAndNotWhereAThreadIsLedTo() {
        PrintStream before = System.err;
        ByteArrayOutputStream session = new ByteArrayOutputStream();
        System.setErr(new PrintStream(session, true, UTF_8)); // as the shell's interpreter does
        try {
            NoticeBoard.ofProcess().say("what an administrator does is told at the gateway");
        } finally {
            System.setErr(before);
        }
        assertThat(session.toString(UTF_8)).isEmpty();
    }

    @Test
    void shouldHoldStatesBackUntilTheStartIsOverButNoFault() {
        notices.setEvents(events);
        notices.state("interfaces are open");
        notices.fault("policy p: bad");
        assertThat(err.toString(UTF_8)).isEqualTo("sallyport: policy p: bad\n");
        notices.setReady();
        notices.state("plug-in x: active");
        assertThat(err.toString(UTF_8).lines())
                .containsExactly(
                        "sallyport: policy p: bad", "sallyport: interfaces are open", "sallyport: plug-in x: active");
        assertThat(events.lines).hasSize(3);
    }

    @Test
    void shouldSayStatesAndFaultsAtTheTerminalAndKeepThemAsEvents() {
        notices.setReady();
        notices.setEvents(events);
        notices.state("plug-in x: active");
        notices.fault("plug-in y: refused");
        assertThat(err.toString(UTF_8)).isEqualTo("sallyport: plug-in x: active\nsallyport: plug-in y: refused\n");
        assertThat(events.lines).containsExactly("STATE plug-in x: active", "FAULT plug-in y: refused");
    }

    @Test
    void shouldReportWhatWasSaidBeforeAnybodyKeptEvents() {
        notices.state("one");
        notices.note("two");
        notices.setEvents(events);
        notices.setEvents(null);
        notices.fault("three");
        notices.setEvents(events);
        assertThat(events.lines).containsExactly("STATE one", "STATE two", "FAULT three");
    }

    @Test
    void shouldForgetTheOldestWhenNobodyKeepsEventsForLong() {
        for (int i = 1; i <= 1000; i++) {
            notices.note("line " + i);
        }
        notices.setEvents(events);
        assertThat(events.lines).hasSize(256).first().isEqualTo("STATE line 745");
    }

    @Test
    void shouldLetNoTextSteerTheTerminalOrPassForAnotherLine() {
        notices.setReady();
        notices.setEvents(events);
        notices.state("plug-in a\u001b[2Jb\r\n: active");
        notices.fault("c\u009bd\u202ee\u2028f");
        notices.note("g\u0007h");
        notices.say("i\u001bj");
        assertThat(err.toString(UTF_8))
                .isEqualTo("sallyport: plug-in a?[2Jb  : active\nsallyport: c?d?e f\nsallyport: i?j\n");
        assertThat(events.lines).containsExactly("STATE plug-in a?[2Jb  : active", "FAULT c?d?e f", "STATE g?h");
    }

    @Test
    void shouldBeSilentWhileASessionHasTheTerminal() {
        notices.setEvents(events);
        notices.setTerminalTaken(true);
        notices.state("one");
        notices.fault("two");
        notices.setTerminalTaken(false);
        notices.fault("three");
        assertThat(err.toString(UTF_8)).isEqualTo("sallyport: three\n");
        assertThat(events.lines).hasSize(3);
    }

    @Test
    void shouldNotTellThatPartsGoWhileTheGatewayStops() {
        notices.setReady();
        notices.setStopping();
        notices.state("port: closed");
        notices.fault("the guard could not be removed");
        assertThat(err.toString(UTF_8)).isEqualTo("sallyport: the guard could not be removed\n");
    }

    @Test
    void shouldSurviveAKeeperThatFails() {
        events.failure = new IllegalStateException("closed");
        notices.setEvents(events);
        notices.fault("one");
        events.failure = null;
        notices.fault("two");
        assertThat(events.lines).containsExactly("FAULT two");
    }

    @Test
    @Tag("BOOT-5")
    void shouldTellTheEnginesStatesOnceTheGatewayIsReady() {
        StateNotices states = new StateNotices(notices);
        notices.setEvents(events);
        states.bfeStateChanged(BfeState.START_PENDING);
        states.bfeStateChanged(BfeState.RUNNING);
        assertThat(err.size()).isZero();
        notices.setReady();
        states.setReady();
        states.bfeStateChanged(BfeState.STOP_PENDING);
        assertThat(err.toString(UTF_8)).isEqualTo("sallyport: base filtering engine: stop pending\n");
        assertThat(events.lines)
                .containsExactly(
                        "STATE base filtering engine: start pending",
                        "STATE base filtering engine: running",
                        "STATE base filtering engine: stop pending");
    }

    private static final class Events implements NetEvents {
        final List<String> lines = new ArrayList<>();
        RuntimeException failure;

        @Override
        public List<NetEvent> recent(NetEventTemplate template, int most) {
            return List.of();
        }

        @Override
        public AutoCloseable subscribe(NetEventTemplate template, Consumer<NetEvent> listener) {
            return () -> {};
        }

        @Override
        public NetEventOptions options() {
            return NetEventOptions.DEFAULT;
        }

        @Override
        public void setOptions(NetEventOptions options) {}

        @Override
        public List<ConnectionCounts> connections() {
            return List.of();
        }

        @Override
        public void audit(NetEventOptions.AuditGroup group, Map<String, ?> fields) {}

        @Override
        public long lost() {
            return 0;
        }

        @Override
        public void report(NetEvent.Kind kind, String line) {
            if (failure != null) {
                throw failure;
            }
            lines.add(kind + " " + line);
        }
    }
}
