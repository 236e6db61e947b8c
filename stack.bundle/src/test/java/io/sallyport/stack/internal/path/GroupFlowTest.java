package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.echo;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Datagrams to groups, and the answers to them. */
class GroupFlowTest {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final String GROUP = "239.255.255.250";

    private final Lab lab = new Lab();

    @AfterEach
    void shouldHaveEndedEachFlowOnce() {
        lab.close();
        assertThat(lab.engine.contextsEnded).isEqualTo(lab.engine.contextsBegun);
    }

    private List<String> answer(String from, int port, int toPort) {
        return lab.wan(udpPacket(from, port, IN, toPort, text("here")));
    }

    @Test
    @Tag("ALE-6")
    void shouldLetAnswersInFromAnywhereForFourSecondsAfterTheLastQuestion() {
        lab.lan(udpPacket(IN, 5_000, GROUP, 1_900, text("who?")));
        assertThat(answer(OUT, 1_900, 5_000)).contains("datagram", "mac-out").doesNotContain("accept", "connect:again");
        assertThat(answer("203.0.113.77", 4_711, 5_000)).doesNotContain("accept");
        assertThat(lab.path.flowCount()).isEqualTo(1);
        assertThat(answer(OUT, 1_900, 5_001)).as("another port").contains("accept");
        lab.advanceSeconds(3);
        assertThat(answer(OUT, 1_900, 5_000)).doesNotContain("accept");
        lab.advanceSeconds(2);
        assertThat(answer(OUT, 1_900, 5_000))
                .as("answers do not keep the door open")
                .contains("accept");
    }

    @Test
    @Tag("ALE-6")
    void shouldKeepTheDoorOpenByQuestions() {
        for (int i = 0; i < 4; i++) {
            lab.lan(udpPacket(IN, 5_000, GROUP, 1_900, text("who?")));
            lab.advanceSeconds(3);
        }
        assertThat(answer(OUT, 1_900, 5_000)).doesNotContain("accept");
        assertThat(lab.authorized).hasSize(1);
    }

    @Test
    @Tag("ALE-6")
    void shouldLetEchoRepliesInButNoRequests() {
        lab.lan(echo(IN, "224.0.0.1", false, 7));
        assertThat(lab.wan(echo(OUT, IN, true, 7))).contains("mac-out").doesNotContain("accept");
        assertThat(lab.wan(echo(OUT, IN, false, 7))).contains("accept");
    }

    @Test
    @Tag("ALE-6")
    void shouldNotLetAnswersToARefusedQuestionIn() {
        lab.shims.decision = (point, p, o) -> {
            if (point.equals("connect")) {
                o.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        lab.lan(udpPacket(IN, 5_000, GROUP, 1_900, text("who?")));
        assertThat(answer(OUT, 1_900, 5_000)).contains("accept");
    }

    @Test
    @Tag("ALE-6")
    @Tag("REAUTH-2")
    void shouldShareOneFlowAmongDatagramsFromOutsideToGroupsAndAskForEach() {
        assertThat(lab.wan(udpPacket(OUT, 1, GROUP, 1_900, text("a")))).contains("accept", "established", "datagram");
        assertThat(lab.wan(udpPacket("203.0.113.77", 2, "224.0.0.251", 5_353, text("b"))))
                .containsExactly("mac-in", "forward", "ip-in", "transport-in", "accept:again", "datagram", "mac-out");
        assertThat(lab.wan(udpPacket(OUT, 1, "255.255.255.255", 9, text("c")))).contains("accept:again", "mac-out");
        assertThat(lab.path.flowCount()).isEqualTo(1);
        lab.shims.decision = (point, p, o) -> {
            if (point.equals("accept:again") && p.destinationPort() == 5_353) {
                o.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        assertThat(lab.wan(udpPacket(OUT, 2, "224.0.0.251", 5_353, text("b")))).doesNotContain("mac-out");
        assertThat(lab.wan(udpPacket(OUT, 2, GROUP, 1_900, text("b")))).contains("mac-out");
        assertThat(lab.path.flowCount()).isEqualTo(1);
    }

    @Test
    @Tag("ALE-7")
    void shouldTakeAnAnswerToADatagramToAGroupForAFlowOfItsOwn() {
        lab.wan(udpPacket(OUT, 5_353, "224.0.0.251", 5_353, text("who?")));
        assertThat(lab.lan(udpPacket(IN, 5_353, OUT, 5_353, text("here")))).contains("assign", "connect");
        assertThat(lab.lan(udpPacket(IN, 5_353, "224.0.0.251", 5_353, text("here"))))
                .contains("connect");
        assertThat(lab.path.flowCount()).isEqualTo(3);
    }

    @Test
    @Tag("ALE-6")
    void shouldDoTheSameForIpv6() {
        lab.lan(udpPacket("2001:db8::10", 5_353, "ff02::fb", 5_353, text("who?")));
        assertThat(lab.wan(udpPacket("2001:db8:1::9", 5_353, "2001:db8::10", 5_353, text("here"))))
                .doesNotContain("accept");
        lab.wan(udpPacket("2001:db8:1::9", 1, "ff02::fb", 5_353, text("a")));
        lab.wan(udpPacket("2001:db8:1::8", 1, "ff02::fc", 5_355, text("a")));
        assertThat(lab.path.flowCount()).isEqualTo(2);
    }
}
