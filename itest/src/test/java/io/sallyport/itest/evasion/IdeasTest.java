package io.sallyport.itest.evasion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each idea of an attacker many times: over both IP versions, from either side, by either end, to receivers of all kinds. */
class IdeasTest {
    private static final int TIMES = 60;
    private static final int TIMES_WITHOUT_GATEWAY = 2_000;

    static List<Idea> ideas() {
        return Stream.concat(StreamIdeas.all().stream(), DatagramIdeas.all().stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("ideas")
    void shouldLetNobodyReadTheWord(Idea idea) throws Exception {
        try (Trials trials = new Trials(7)) {
            for (int i = 0; i < TIMES; i++) {
                trials.attack(idea.name(), i % 8 >= 4, attacker -> idea.play(attacker, trials.random()));
            }
            trials.mustAllHaveGoneWell(TIMES);
        }
    }

    /** An idea that no receiver falls for would test nothing. */
    @ParameterizedTest
    @MethodSource("ideas")
    void shouldWorkOnSomeReceiverWithoutAGateway(Idea idea) {
        try (Trials trials = new Trials(7)) {
            boolean hasRead = false;
            for (int i = 0; i < TIMES_WITHOUT_GATEWAY && !hasRead; i++) {
                hasRead = trials.onOpenWire(idea.name(), i % 8 >= 4, attacker -> idea.play(attacker, trials.random()));
            }
            trials.mustAllHaveGoneWell(1);
            assertThat(hasRead).isTrue();
        }
    }
}
