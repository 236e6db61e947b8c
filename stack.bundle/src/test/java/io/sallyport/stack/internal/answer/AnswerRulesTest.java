package io.sallyport.stack.internal.answer;

import static io.sallyport.stack.internal.support.PacketBuilder.ACK;
import static io.sallyport.stack.internal.support.PacketBuilder.RST;
import static io.sallyport.stack.internal.support.PacketBuilder.SYN;
import static io.sallyport.stack.internal.support.PacketBuilder.concat;
import static io.sallyport.stack.internal.support.PacketBuilder.echo;
import static io.sallyport.stack.internal.support.PacketBuilder.ethernet;
import static io.sallyport.stack.internal.support.PacketBuilder.fragmentIpv4;
import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.hex;
import static io.sallyport.stack.internal.support.PacketBuilder.icmpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.ip;
import static io.sallyport.stack.internal.support.PacketBuilder.ipv6Fragment;
import static io.sallyport.stack.internal.support.PacketBuilder.tcpPacket;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.support.Parsed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerRulesTest {

    private static final String IN4 = "192.0.2.10";
    private static final String OUT4 = "203.0.113.9";
    private static final String IN6 = "2001:db8::10";
    private static final String OUT6 = "2001:db8:1::9";

    private static PacketRecord packet(byte[] ip) {
        return Parsed.outbound(fromInside(ip));
    }

    private static void assertSilence(PacketRecord p) {
        assertThat(AnswerRules.mayReset(p)).isFalse();
        assertThat(AnswerRules.mayRefuse(p)).isFalse();
        assertThat(AnswerRules.mayTellSize(p)).isFalse();
    }

    @Test
    void shouldResetSegmentsButNoResets() {
        PacketRecord syn = packet(tcpPacket(IN4, 1, OUT4, 2, 3, 4, SYN, new byte[0]));
        assertThat(AnswerRules.mayReset(syn)).isTrue();
        assertThat(AnswerRules.mayRefuse(syn)).as("one answer is enough").isFalse();
        assertThat(AnswerRules.mayReset(packet(tcpPacket(IN6, 1, OUT6, 2, 3, 4, ACK, text("x")))))
                .isTrue();
        assertThat(AnswerRules.mayReset(packet(tcpPacket(IN4, 1, OUT4, 2, 3, 4, RST, new byte[0]))))
                .isFalse();
        assertThat(AnswerRules.mayReset(packet(tcpPacket(IN4, 1, OUT4, 2, 3, 4, RST | ACK, new byte[0]))))
                .isFalse();
        assertThat(AnswerRules.mayReset(packet(udpPacket(IN4, 1, OUT4, 2, text("x")))))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({IN4 + "," + OUT4, IN6 + "," + OUT6})
    void shouldRefuseWhateverAsksForSomething(String in, String out) {
        assertThat(AnswerRules.mayRefuse(packet(udpPacket(in, 1, out, 2, text("x")))))
                .isTrue();
        assertThat(AnswerRules.mayRefuse(packet(echo(in, out, false, 1)))).isTrue();
        assertThat(AnswerRules.mayRefuse(packet(ip(in, out, 47, new byte[8])))).isTrue();
        assertThat(AnswerRules.mayRefuse(packet(echo(in, out, true, 1))))
                .as("an answer")
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"3,1", "4,0", "5,1", "11,0", "12,0"})
    void shouldAnswerNoErrorOfIpv4(int type, int code) {
        byte[] quoted = udpPacket(OUT4, 1, IN4, 2, text("query"));
        assertSilence(packet(icmpPacket(IN4, OUT4, type, code, concat(new byte[4], quoted))));
    }

    @ParameterizedTest
    @CsvSource({"1,4", "2,0", "3,0", "4,1"})
    void shouldAnswerNoErrorOfIpv6(int type, int code) {
        byte[] quoted = udpPacket(OUT6, 1, IN6, 2, text("query"));
        assertSilence(packet(icmpPacket(IN6, OUT6, type, code, concat(new byte[4], quoted))));
    }

    @Test
    void shouldAnswerNoRedirectOfIpv6() {
        assertSilence(packet(icmpPacket(IN6, OUT6, 137, 0, new byte[36])));
    }

    @Test
    void shouldAnswerFirstFragmentsOnly() {
        byte[][] parts = fragmentIpv4(IN4, OUT4, 17, 9, new byte[64], 32);
        assertThat(AnswerRules.mayRefuse(packet(parts[0]))).isTrue();
        assertThat(AnswerRules.mayTellSize(packet(parts[0]))).isTrue();
        assertSilence(packet(parts[1]));
        PacketRecord later = packet(ipv6Fragment(IN6, OUT6, 9, 64, false, 17, new byte[16]));
        assertThat(AnswerRules.mayRefuse(later)).isFalse();
        assertThat(AnswerRules.mayTellSize(later))
                .as("RFC 4443 does not forbid it")
                .isTrue();
    }

    @Test
    void shouldSeeErrorsInFragments() {
        byte[] error = new byte[64];
        error[0] = 3;
        assertThat(AnswerRules.mayTellSize(packet(fragmentIpv4(IN4, OUT4, 1, 9, error, 32)[0])))
                .isFalse();
        byte[] request = new byte[64];
        request[0] = 8;
        assertThat(AnswerRules.mayTellSize(packet(fragmentIpv4(IN4, OUT4, 1, 9, request, 32)[0])))
                .isTrue();
        assertThat(AnswerRules.mayRefuse(packet(fragmentIpv4(IN4, OUT4, 1, 9, request, 32)[0])))
                .as("its type is not looked at")
                .isFalse();
        error[0] = 1;
        assertThat(AnswerRules.mayTellSize(packet(ipv6Fragment(IN6, OUT6, 9, 0, true, 58, error))))
                .isFalse();
        assertThat(AnswerRules.mayTellSize(packet(ipv6Fragment(IN6, OUT6, 9, 64, false, 58, error))))
                .isFalse();
    }

    @Test
    void shouldTellTheSizeAlsoToWhoAnswers() {
        assertThat(AnswerRules.mayTellSize(packet(echo(IN4, OUT4, true, 1)))).isTrue();
        assertThat(AnswerRules.mayTellSize(packet(echo(IN6, OUT6, true, 1)))).isTrue();
        assertThat(AnswerRules.mayTellSize(packet(tcpPacket(IN6, 1, OUT6, 2, 3, 4, ACK, text("x")))))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        IN4 + ", 224.0.0.251",
        IN4 + ", 255.255.255.255",
        IN4 + ", 240.0.0.1",
        IN4 + ", 0.0.0.0",
        "0.0.0.0, " + OUT4,
        "127.0.0.1, " + OUT4,
        "224.0.0.1, " + OUT4,
        "255.255.255.255, " + OUT4,
        IN4 + ", " + IN4,
        IN6 + ", ff02::fb",
        "::, " + OUT6,
        "::1, " + OUT6,
        "ff02::1, " + OUT6,
        IN6 + ", " + IN6,
    })
    void shouldAnswerOnlyBetweenTwoHosts(String source, String target) {
        assertSilence(packet(udpPacket(source, 1, target, 2, text("x"))));
        assertSilence(packet(tcpPacket(source, 1, target, 2, 3, 4, SYN, new byte[0])));
    }

    @ParameterizedTest
    @CsvSource({
        "020000000001, ffffffffffff",
        "020000000001, 01005e000001",
        "030000000001, 020000000002",
        "000000000000, 020000000002",
        "020000000001, 000000000000",
    })
    void shouldAnswerNoFrameOfAGroup(String source, String target) {
        byte[] ip = tcpPacket(IN4, 1, OUT4, 2, 3, 4, SYN, new byte[0]);
        assertSilence(Parsed.outbound(ethernet(hex(source), hex(target), 0x0800, ip)));
    }
}
