package io.sallyport.engine.internal.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.internal.classify.CalloutAnswer.Kind;
import io.sallyport.engine.internal.policy.CalloutDoor;
import io.sallyport.engine.internal.policy.PathDoors;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Answers on streams are remembered by flow; their memory is the worker's, for whichever flow needs it next. */
class FlowMemoryTest {
    private static final UUID SUBLAYER = new UUID(1, 2);
    private static final long[] REGISTERED = {1};

    private final ContextTable table = new ContextTable(new CalloutCaller(new WorkerCounters()), id -> false);
    private final RegisteredCallout callout = callout(1);

    private static RegisteredCallout callout(long serial) {
        return new RegisteredCallout(
                "reader",
                0,
                (values, metadata, data, filter, context, out) -> {},
                new CalloutDoor(new PathDoors()),
                serial,
                0,
                0);
    }

    @Test
    void shouldHandTheMemoryOfAnEndedFlowToAnotherOne() {
        FlowMemory first = new FlowMemory(table);
        FlowMemory second = new FlowMemory(table);
        first.begin(1);
        StreamMemory memory = first.stream(callout, SUBLAYER, REGISTERED);
        memory.isAllowed = true;
        memory.direction(true).append(Kind.PERMIT, 0, 100);
        assertThat(first.stream(callout, SUBLAYER, REGISTERED)).isSameAs(memory);
        first.end();

        second.begin(2);
        StreamMemory reused = second.stream(callout, SUBLAYER, REGISTERED);
        assertThat(reused).isSameAs(memory);
        assertThat(reused.isAllowed).isFalse();
        assertThat(reused.direction(true).isEmpty()).isTrue();
        assertThat(first.streamOf(callout.serial)).isNull();
        // The place that had it asks for memory of its own.
        first.begin(3);
        assertThat(first.stream(callout, SUBLAYER, REGISTERED)).isNotSameAs(memory);
    }

    @Test
    void shouldForgetTheAnswersOfWhoHasLeft() {
        FlowMemory flow = new FlowMemory(table);
        flow.begin(1);
        StreamMemory stays = flow.stream(callout, SUBLAYER, REGISTERED);
        stays.isAllowed = true;
        for (long serial = 2; serial <= 1_000; serial++) {
            flow.stream(callout(serial), SUBLAYER, new long[] {1, serial});
            assertThat(flow.answerers()).isEqualTo(2);
        }
        assertThat(flow.streamOf(2)).isNull();
        assertThat(flow.streamOf(1_000)).isNotNull();
        assertThat(flow.stream(callout, SUBLAYER, REGISTERED)).isSameAs(stays);
        assertThat(flow.isAllowed(callout)).isTrue();
    }
}
