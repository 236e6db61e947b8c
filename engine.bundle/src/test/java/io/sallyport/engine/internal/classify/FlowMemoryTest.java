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

    private final ContextTable table = new ContextTable(new CalloutCaller(new WorkerCounters()), id -> false);
    private final RegisteredCallout callout = new RegisteredCallout(
            "reader",
            0,
            (values, metadata, data, filter, context, out) -> {},
            new CalloutDoor(new PathDoors()),
            1,
            0,
            0);

    @Test
    void shouldHandTheMemoryOfAnEndedFlowToAnotherOne() {
        FlowMemory first = new FlowMemory(table);
        FlowMemory second = new FlowMemory(table);
        first.begin(1);
        StreamMemory memory = first.stream(callout, SUBLAYER);
        memory.isAllowed = true;
        memory.direction(true).append(Kind.PERMIT, 0, 100);
        assertThat(first.stream(callout, SUBLAYER)).isSameAs(memory);
        first.end();

        second.begin(2);
        StreamMemory reused = second.stream(callout, SUBLAYER);
        assertThat(reused).isSameAs(memory);
        assertThat(reused.isAllowed).isFalse();
        assertThat(reused.direction(true).isEmpty()).isTrue();
        assertThat(first.streamOf(callout.serial)).isNull();
        // The place that had it asks for memory of its own.
        first.begin(3);
        assertThat(first.stream(callout, SUBLAYER)).isNotSameAs(memory);
    }
}
