package io.sallyport.callout.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.Direction;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.InjectionState;
import io.sallyport.callout.NetBuffer;
import io.sallyport.callout.PendedItem;
import io.sallyport.callout.PendedItem.Outcome;
import io.sallyport.callout.RedirectState;
import io.sallyport.callout.WritableConnection;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The stand-ins for a callout's door do what the gateway's do. */
class FakeHostTest {

    private final FakeMetadata metadata = new FakeMetadata();
    private final FakeHost host = new FakeHost().setPacket(new byte[] {1, 2, 3, 4, 5, 6}, 2);

    @Test
    void shouldCloneEditAndRecordAnInjection() {
        AtomicReference<Status> completed = new AtomicReference<>();
        NetBuffer clone = host.clone(metadata);
        assertThat(clone.headroomBytes()).isEqualTo(2);
        assertThat(clone.u16(0)).isEqualTo(0x0304);
        assertThat(clone.u32(0)).isEqualTo(0x03040506L);
        clone.putU32(0, 0xA1A2A3A4L);
        clone.resize(6);
        clone.putU8(-2, 9);
        clone.putU16(4, 0xBBCC);
        assertThat(host.buffersOut()).isEqualTo(1);
        Status status = host.inject(InjectionPoint.NETWORK, Direction.OUTBOUND, clone, "mine", completed::set);
        assertThat(status).isEqualTo(Status.SUCCESS);
        FakeHost.Injected injected = host.injected().get(0);
        assertThat(injected.frame()).containsExactly(9, 2, 0xA1, 0xA2, 0xA3, 0xA4, 0xBB, 0xCC);
        injected.complete(Status.DATA_NOT_ACCEPTED);
        assertThat(completed.get()).isEqualTo(Status.DATA_NOT_ACCEPTED);
        assertThat(host.buffersOut()).isZero();
        assertThatThrownBy(() -> clone.u8(0)).isInstanceOf(IllegalStateException.class);
        assertThat(host.inject(InjectionPoint.NETWORK, Direction.OUTBOUND, clone, null, null))
                .isEqualTo(Status.INVALID_PARAMETER);
    }

    @Test
    void shouldLeaveARefusedBufferWithTheCallout() {
        NetBuffer made = host.allocate(60);
        host.setAnswer(Status.INSUFFICIENT_RESOURCES);
        assertThat(host.inject(InjectionPoint.MAC_SEND, Direction.INBOUND, made, null, null))
                .isEqualTo(Status.INSUFFICIENT_RESOURCES);
        assertThat(host.buffersOut()).isEqualTo(1);
        made.release();
        assertThat(host.buffersOut()).isZero();
        assertThatThrownBy(() -> host.clone(metadata).u8(4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldCompleteAPendedItemOnce() {
        PendedItem item = host.pend(metadata);
        assertThat(item.complete(Outcome.RECLASSIFY)).isEqualTo(Status.SUCCESS);
        assertThat(item.complete(Outcome.RECLASSIFY)).isEqualTo(Status.ALREADY_COMPLETE);
        assertThat(host.pended().get(0).outcome()).isEqualTo(Outcome.RECLASSIFY);
        PendedItem refused = host.setAnswer(Status.CANNOT_PEND).pend(metadata);
        assertThat(refused.status()).isEqualTo(Status.CANNOT_PEND);
        assertThat(refused.complete(Outcome.RECLASSIFY)).isEqualTo(Status.NOT_FOUND);
    }

    @Test
    void shouldShowStatesAndTheConnection() {
        FakeConnection connection = new FakeConnection(0, 0xC0000201L, 80);
        host.setInjectionState(InjectionState.INJECTED_BY_SELF, "mine")
                .setConnection(RedirectState.REDIRECTED_BY_OTHER, connection);
        assertThat(host.state(metadata)).isEqualTo(InjectionState.INJECTED_BY_SELF);
        assertThat(host.context(metadata)).isEqualTo("mine");
        assertThat(host.redirectState(metadata)).isEqualTo(RedirectState.REDIRECTED_BY_OTHER);
        WritableConnection copy = host.acquireWritableConnection(metadata);
        copy.setRemoteAddress(0, 7);
        copy.setRemotePort(8080);
        assertThat(connection.isApplied()).isFalse();
        assertThat(copy.apply()).isEqualTo(Status.SUCCESS);
        assertThat(copy.apply()).isEqualTo(Status.ALREADY_COMPLETE);
        assertThat(connection.remoteLow()).isEqualTo(7);
        assertThat(connection.remotePort()).isEqualTo(8080);
        assertThat(host.abortFlow(3)).isEqualTo(Status.SUCCESS);
        assertThat(host.aborted()).containsExactly(3L);
    }
}
