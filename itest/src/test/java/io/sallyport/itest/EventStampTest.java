package io.sallyport.itest;

import static io.sallyport.stack.port.Side.LAN;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.internal.event.LiveNetEvents;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventTemplate;
import io.sallyport.stack.api.DataPathConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An event names the filter that matched, with the real engine, stack and shims, whatever became of the policy since. */
class EventStampTest {
    private static final String HOST = "192.168.1.9";
    private static final String SERVER = "203.0.113.9";
    private static final int ROUNDS = 50;

    @TempDir
    private Path home;

    /** The policy of a round: one filter, with a name, a sublayer and a key of its own. */
    private static String policy(int round) {
        return """
                apiVersion: sallyport/v1
                provider: owner
                sublayers:
                  - {name: group-%1$d, weight: %2$d}
                  - {name: heavier-%1$d, weight: %3$d}
                filters:
                  - {name: permit-%1$d, layer: ale-auth-connect-v4, sublayer: heavier-%1$d, action: permit}
                  - {name: block-%1$d, layer: ale-auth-connect-v4, sublayer: group-%1$d, when: [{ip-remote-port: 23}], action: block}
                """.formatted(round, 1_000 + round, 2_000 + round);
    }

    @Test
    @Tag("NEV-3")
    @Tag("NEV-12")
    void shouldNameTheFilterThatMatchedAfterThePolicyWasReplaced() throws Exception {
        Frames out = new Frames();
        LiveNetEvents events = new LiveNetEvents(new GatewayConfig(home, "lan0", "wan0", null, false));
        BlockingQueue<NetEvent> heard = new LinkedBlockingQueue<>();
        events.subscribe(NetEventTemplate.of(NetEvent.Kind.DROP), heard::add);
        try (WholePath whole = new WholePath(DataPathConfig.defaults(), events, out)) {
            List<String> revisions = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                whole.apply(policy(round));
                revisions.add(whole.engine.revision());
                // The next policy is in force before anybody has looked at this event.
                whole.path.handler().onBatch(LAN, out.holding(Wire.tcp(HOST, 40_000 + round, SERVER, 23, Wire.SYN)));
            }
            for (int round = 0; round < ROUNDS; round++) {
                NetEvent event = heard.poll(20, SECONDS);
                assertThat(event).as("event of round %d", round).isNotNull();
                FilterTag filter = event.filter();
                assertThat(filter).isNotNull();
                assertThat(filter.name()).isEqualTo("block-" + round);
                assertThat(filter.sublayer()).isEqualTo("group-" + round);
                assertThat(filter.provider()).isEqualTo("owner");
                assertThat(event.revision()).isEqualTo(revisions.get(round));
                assertThat(event.layer()).isEqualTo("ale-auth-connect-v4");
                assertThat(event.reason()).isEqualTo("policy");
                assertThat(event.endings())
                        .extracting(it -> it.filter().name() + " " + it.action().policyName())
                        .containsExactly("permit-" + round + " permit", "block-" + round + " block");
            }
            assertThat(revisions).doesNotHaveDuplicates();
            assertThat(out.left()).isEmpty();
        } finally {
            events.close();
        }
    }
}
