package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.layer.Layer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EventLineTest {
    private static final FilterTag FILTER = new FilterTag(
            7, new UUID(0, 7), "no-unsolicited-inbound", "default", "default", null, Layer.ALE_AUTH_RECV_ACCEPT_V6);

    @Test
    void shouldTellWhoDecidedInTheSameLineWhereThereIsRoom() {
        assertThat(new EventCommand.EventLine(200).text(drop("2001:db8::20")))
                .endsWith(
                        "[2001:db8::20]:40000 -> [2001:db8::10]:22  policy by no-unsolicited-inbound in default of default, inbound, policy r1");
    }

    @Test
    void shouldNeverCutWhoDecided() {
        assertThat(new EventCommand.EventLine(100).text(drop("2001:db8::20")).lines())
                .hasSize(2)
                .anySatisfy(line -> assertThat(line.strip())
                        .isEqualTo("policy by no-unsolicited-inbound in default of default, inbound, policy r1"))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
    }

    @Test
    void shouldRatherLeaveOutWhatElseThereIsToKnow() {
        assertThat(new EventCommand.EventLine(80).text(drop("2001:db8::20")).lines())
                .hasSize(2)
                .anySatisfy(line -> assertThat(line.strip()).isEqualTo("policy by no-unsolicited-inbound in default"));
    }

    @Test
    void shouldLetNoPacketSteerTheTerminal() {
        assertThat(new EventCommand.EventLine(80).text(drop("\u001b[31m"))).doesNotContain("\u001b");
    }

    @Test
    @Tag("NEV-3")
    void shouldSayWhyAFlowWasAskedForAgain() {
        NetEvent refused = event(NetEvent.Kind.DROP, "2001:db8::20", ReauthorizeReason.POLICY_CHANGE);
        assertThat(new EventCommand.EventLine(0).text(refused))
                .endsWith("policy by no-unsolicited-inbound in default of default, inbound, policy r1,"
                        + " asked again: policy-change");
        NetEvent goesOn = event(NetEvent.Kind.REAUTH, "2001:db8::20", ReauthorizeReason.CLASSIFY_COMPLETION);
        assertThat(new EventCommand.EventLine(0).text(goesOn))
                .endsWith("policy by no-unsolicited-inbound in default, asked again: classify-completion");
        assertThat(new EventCommand.EventLine(0).text(drop("2001:db8::20"))).doesNotContain("asked again");
    }

    private static NetEvent drop(String source) {
        return event(NetEvent.Kind.DROP, source, null);
    }

    private static NetEvent event(NetEvent.Kind kind, String source, @Nullable ReauthorizeReason reason) {
        return new NetEvent(
                1,
                "2026-01-01T10:00:00.000000000Z",
                kind,
                1L,
                1L,
                "inbound",
                "ale-auth-recv-accept-v6",
                "tcp",
                source,
                40_000,
                "2001:db8::10",
                22,
                "block",
                "policy",
                FILTER,
                "r1",
                6,
                null,
                List.of(),
                reason);
    }
}
