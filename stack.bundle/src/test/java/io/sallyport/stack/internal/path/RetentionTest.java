package io.sallyport.stack.internal.path;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.FIN;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.fragmentIpv4;
import static io.sallyport.stack.internal.support.PacketBuilder.icmpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udp;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.support.FakeShims;
import io.sallyport.stack.internal.support.Lab;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whose policy judges while the base filtering engine is away. */
@Tag("BOOT-8")
class RetentionTest {

    private static final String IN = "192.0.2.10";
    private static final String OUT = "203.0.113.9";
    private static final byte[] QUERY = udpPacket(IN, 5000, OUT, 53, text("q"));
    private static final byte[] ANSWER = udpPacket(OUT, 53, IN, 5000, text("a"));

    private final Lab lab = new Lab();
    /** Points that were asked, by which policy. */
    private final List<String> retained = new ArrayList<>();

    private final List<String> bootTime = new ArrayList<>();

    /** The boot-time set permits nothing but what passes the MAC layers. */
    @BeforeEach
    void blockByTheBootTimeSet() {
        lab.shims.decision = (point, packet, out) -> {
            boolean isRunTime = lab.engine.inForce == PolicyInForce.RUN_TIME;
            if (!isRunTime) {
                (lab.engine.isRetainedUsed ? retained : bootTime).add(point);
            }
            boolean isBlocked = !isRunTime && !lab.engine.isRetainedUsed && !point.startsWith("mac");
            if (isBlocked) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
    }

    @AfterEach
    void shouldEndBalanced() {
        lab.check();
        lab.close();
    }

    private void stopBfe() {
        lab.engine.inForce = PolicyInForce.BOOT_TIME;
        lab.engine.hasRetained = true;
        lab.engine.retainedGeneration = lab.engine.generation;
        lab.engine.generation++;
    }

    private void stopBfeWithoutRetention() {
        lab.engine.inForce = PolicyInForce.BOOT_TIME;
        lab.engine.hasRetained = false;
        lab.engine.generation++;
    }

    private void startBfe() {
        lab.engine.inForce = PolicyInForce.RUN_TIME;
        lab.engine.hasRetained = false;
        lab.engine.generation++;
    }

    @Test
    void shouldJudgeAFlowOfBeforeAtAllLayersByWhatWasLeftBehind() {
        lab.lan(QUERY);
        stopBfe();
        assertThat(lab.wan(ANSWER)).doesNotContain("connect:again");
        lab.lan(QUERY);
        assertThat(lab.sent).hasSize(3);
        assertThat(bootTime).isEmpty();
        assertThat(retained)
                .startsWith("mac-in", "forward", "ip-in", "transport-in", "datagram", "mac-out")
                .contains("ip-out");
    }

    @Test
    void shouldJudgeANewFlowByTheBootTimeSet() {
        stopBfe();
        lab.lan(QUERY);
        assertThat(lab.lastReason()).isEqualTo(DropReason.POLICY);
        assertThat(retained).isEmpty();
    }

    @Test
    void shouldNotTakeAFlowOfTheBootTimeSetForOneOfBefore() {
        stopBfeWithoutRetention();
        lab.shims.decision = (point, packet, out) -> {};
        lab.lan(QUERY);
        blockByTheBootTimeSet();
        startBfe();
        stopBfe();
        lab.lan(QUERY);
        assertThat(lab.lastReason()).isEqualTo(DropReason.POLICY);
        assertThat(retained).isEmpty();
    }

    @Test
    void shouldNotTakeAFlowThatBeganMeanwhileForOneOfBefore() {
        stopBfe();
        lab.shims.decision = (point, packet, out) -> {};
        lab.lan(QUERY);
        blockByTheBootTimeSet();
        lab.lan(QUERY);
        assertThat(retained).isEmpty();
        assertThat(lab.lastReason()).isEqualTo(DropReason.POLICY);
    }

    @Test
    void shouldAskOnceMoreIfThePolicyCameWhileTheFlowWasAuthorised() {
        stopBfeWithoutRetention();
        lab.shims.decision = (point, packet, out) -> {
            if (lab.engine.inForce != PolicyInForce.RUN_TIME) {
                startBfe();
            }
        };
        lab.lan(QUERY);
        blockByTheBootTimeSet();
        assertThat(lab.lan(QUERY)).contains("connect:again");
        assertThat(lab.lan(QUERY)).doesNotContain("connect:again");
        stopBfe();
        lab.lan(QUERY);
        assertThat(lab.sent).as("authorised by run-time policy").hasSize(4);
    }

    @Test
    @Tag("REAUTH-3")
    void shouldAskAgainOnceTheBfeIsBack() {
        lab.lan(QUERY);
        stopBfe();
        lab.lan(QUERY);
        startBfe();
        assertThat(lab.lan(QUERY)).contains("connect:again");
        stopBfe();
        lab.lan(QUERY);
        assertThat(lab.sent).as("authorised by run-time policy once more").hasSize(4);
    }

    @Test
    void shouldAskAnewWhenNothingWasLeftBehind() {
        lab.lan(QUERY);
        stopBfeWithoutRetention();
        lab.shims.decision = (point, packet, out) -> {
            if (point.startsWith("connect")) {
                out.set(Action.BLOCK, FakeShims.FILTER);
            }
        };
        assertThat(lab.lan(QUERY)).contains("connect:again");
        assertThat(lab.lastReason()).isEqualTo(DropReason.POLICY);
        assertThat(lab.path.flowCount()).isZero();
    }

    @Test
    void shouldJudgeFragmentsWithTheirFlow() {
        byte[] datagram = udp(IN, 5000, OUT, 53, new byte[40]);
        lab.lan(QUERY);
        stopBfe();
        for (byte[] part : fragmentIpv4(IN, OUT, 17, 7, datagram, 24)) {
            lab.lan(part);
        }
        assertThat(lab.sent).hasSize(3);
        byte[] back = udp(OUT, 53, IN, 5000, new byte[40]);
        for (byte[] part : fragmentIpv4(OUT, IN, 17, 8, back, 24)) {
            lab.wan(part);
        }
        assertThat(lab.sent).hasSize(5);
        assertThat(bootTime).isEmpty();
    }

    @Test
    void shouldJudgeFragmentsOfStrangersByTheBootTimeSet() {
        lab.lan(QUERY);
        stopBfe();
        for (byte[] part : fragmentIpv4(OUT, IN, 17, 8, udp(OUT, 53, IN, 5001, new byte[40]), 24)) {
            lab.wan(part);
        }
        assertThat(lab.sent).hasSize(1);
        assertThat(retained).isEmpty();
    }

    @Test
    void shouldJudgeADatagramWithItsFlowWhoseFirstFragmentCameBefore() {
        byte[][] parts = fragmentIpv4(IN, OUT, 17, 7, udp(IN, 5000, OUT, 53, new byte[40]), 24);
        lab.lan(QUERY);
        lab.lan(parts[0]);
        stopBfe();
        lab.lan(parts[1]);
        assertThat(lab.sent).hasSize(3);
        assertThat(bootTime).isEmpty();
    }

    @Test
    void shouldJudgeAnIcmpErrorWithTheFlowThatItQuotes() {
        lab.lan(QUERY);
        stopBfe();
        lab.wan(icmpPacket(OUT, IN, 3, 3, concat(new byte[4], QUERY)));
        assertThat(lab.sent).hasSize(2);
        assertThat(bootTime).isEmpty();
        lab.wan(icmpPacket(OUT, IN, 3, 3, concat(new byte[4], udpPacket(IN, 5001, OUT, 53, text("q")))));
        assertThat(lab.sent).hasSize(2);
    }

    @Test
    void shouldJudgeANewConnectionOnOldPortsByTheBootTimeSet() {
        lab.lan(tcpPacket(IN, 1025, OUT, 80, 100, 0, SYN, new byte[0]));
        lab.wan(tcpPacket(OUT, 80, IN, 1025, 499, 101, SYN | ACK, new byte[0]));
        lab.lan(tcpPacket(IN, 1025, OUT, 80, 101, 500, FIN | ACK, new byte[0]));
        lab.wan(tcpPacket(OUT, 80, IN, 1025, 500, 102, FIN | ACK, new byte[0]));
        stopBfe();
        lab.lan(tcpPacket(IN, 1025, OUT, 80, 102, 501, ACK, new byte[0]));
        assertThat(lab.sent).as("the end of the old one").hasSize(5);
        lab.lan(tcpPacket(IN, 1025, OUT, 80, 9_000, 0, SYN, new byte[0]));
        assertThat(lab.sent).hasSize(5);
        assertThat(bootTime).isNotEmpty();
    }
}
