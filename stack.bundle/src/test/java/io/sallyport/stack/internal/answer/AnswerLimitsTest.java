package io.sallyport.stack.internal.answer;

import static io.sallyport.stack.internal.support.PacketBuilder.fromInside;
import static io.sallyport.stack.internal.support.PacketBuilder.text;
import static io.sallyport.stack.internal.support.PacketBuilder.udpPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.internal.flow.KeyedHash;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.support.Parsed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerLimitsTest {

    private static final long S = 1_000_000_000L;

    private final AnswerLimits limits = new AnswerLimits(new KeyedHash(1, 2));

    private static PacketRecord from(String source) {
        String target = source.contains(":") ? "2001:db8:1::9" : "203.0.113.9";
        return Parsed.outbound(fromInside(udpPacket(source, 1, target, 2, text("x"))));
    }

    private int taken(PacketRecord p, boolean isFromInside, int tries, long nowNs) {
        int count = 0;
        for (int i = 0; i < tries; i++) {
            count += limits.take(p, isFromInside, false, nowNs) ? 1 : 0;
        }
        return count;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 5 * S, -5 * S, Long.MAX_VALUE - S, Long.MIN_VALUE + 10})
    void shouldGiveABurstAndThenASteadyRate(long startNs) {
        PacketRecord p = from("192.0.2.10");
        assertThat(taken(p, true, 500, startNs)).isEqualTo(AnswerLimits.PER_SENDER);
        assertThat(taken(p, true, 500, startNs + S / 10)).isEqualTo(AnswerLimits.PER_SENDER / 10);
        assertThat(taken(p, true, 500, startNs + S / 10)).isZero();
        assertThat(taken(p, true, 500, startNs + 60 * S)).isEqualTo(AnswerLimits.PER_SENDER);
    }

    @Test
    void shouldGiveHostsInsideTheirOwnRation() {
        assertThat(taken(from("192.0.2.10"), true, 500, S)).isEqualTo(AnswerLimits.PER_SENDER);
        assertThat(taken(from("192.0.2.11"), true, 500, S)).isEqualTo(AnswerLimits.PER_SENDER);
        assertThat(taken(from("2001:db8::10"), true, 500, S)).isEqualTo(AnswerLimits.PER_SENDER);
        assertThat(taken(from("2001:db8::11"), true, 500, S)).isEqualTo(AnswerLimits.PER_SENDER);
    }

    @Test
    void shouldGiveNetworksOutsideOneRation() {
        assertThat(taken(from("192.0.2.10"), false, 500, S)).isEqualTo(AnswerLimits.PER_SENDER);
        assertThat(taken(from("192.0.2.11"), false, 500, S)).isZero();
        assertThat(taken(from("192.0.3.11"), false, 500, S)).isEqualTo(AnswerLimits.PER_SENDER);
        assertThat(taken(from("2001:db8::10"), false, 500, S)).isEqualTo(AnswerLimits.PER_SENDER);
        assertThat(taken(from("2001:db8::11"), false, 500, S)).isZero();
        assertThat(taken(from("2001:db8:0:1::11"), false, 500, S)).isEqualTo(AnswerLimits.PER_SENDER);
    }

    @Test
    void shouldBoundASideWhoeverSends() {
        int count = 0;
        for (int i = 0; i < 5_000; i++) {
            count += taken(from("198." + (i >> 8) + "." + (i & 0xFF) + ".1"), false, 1, S);
        }
        assertThat(count).isEqualTo(AnswerLimits.PER_SIDE);
        PacketRecord inside = from("192.0.2.10");
        assertThat(taken(inside, true, 1, S))
                .as("a flood from outside takes nothing from inside")
                .isEqualTo(1);
        assertThat(limits.take(from("192.0.2.10"), false, true, S))
                .as("nor from those who have to learn what fits")
                .isTrue();
    }

    @Test
    void shouldTakeNothingFromASideWhenASenderHasHadItsShare() {
        taken(from("192.0.2.10"), true, 5_000, S);
        int others = 0;
        for (int i = 11; i < 30; i++) {
            others += taken(from("192.0.2." + i), true, 50, S);
        }
        assertThat(others).isEqualTo(Math.min(19 * 50, AnswerLimits.PER_SIDE - AnswerLimits.PER_SENDER));
    }

    @Test
    void shouldRecoverFromAClockThatWentBack() {
        PacketRecord p = from("192.0.2.10");
        taken(p, true, 500, 1_000 * S);
        assertThat(taken(p, true, 500, S)).isEqualTo(AnswerLimits.PER_SENDER);
    }
}
