package io.sallyport.callout.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FlowHandle.Status;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FakesTest {

    @Test
    void shouldReadBytesInNetworkOrderAndThrowOutsideTheView() {
        FakeLayerData data = new FakeLayerData();
        data.show(new byte[] {9, (byte) 0x80, 1, 2, 3, 9}, 1, 4);
        assertThat(data.lengthBytes()).isEqualTo(4);
        assertThat(data.u8(0)).isEqualTo(0x80);
        assertThat(data.u16(0)).isEqualTo(0x8001);
        assertThat(data.u32(0)).isEqualTo(0x80010203L);
        byte[] target = new byte[3];
        data.copyTo(2, target, 1, 2);
        assertThat(target).containsExactly(0, 2, 3);
        assertThatThrownBy(() -> data.u8(4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> data.u8(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> data.u32(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> data.copyTo(2, target, 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> data.show(target, 1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldHoldValuesOfTheSchemasTypes() {
        FakeLayerValues values = new FakeLayerValues(Layer.ALE_AUTH_CONNECT_V6);
        assertThat(values.type(Field.IP_REMOTE_PORT)).isEqualTo(DataType.EMPTY);
        values.setNumber(Field.IP_REMOTE_PORT, 443)
                .setBytes16(Field.IP_REMOTE_ADDRESS, 5, -6)
                .setObject(Field.ALE_APP_ID, "app");
        assertThat(values.layer()).isEqualTo(Layer.ALE_AUTH_CONNECT_V6);
        assertThat(values.type(Field.IP_REMOTE_PORT)).isEqualTo(DataType.UINT16);
        assertThat(values.number(Field.IP_REMOTE_PORT)).isEqualTo(443);
        assertThat(values.type(Field.IP_REMOTE_ADDRESS)).isEqualTo(DataType.BYTE_ARRAY16);
        assertThat(values.number(Field.IP_REMOTE_ADDRESS)).isZero();
        assertThat(values.high64(Field.IP_REMOTE_ADDRESS)).isEqualTo(5);
        assertThat(values.low64(Field.IP_REMOTE_ADDRESS)).isEqualTo(-6);
        assertThat(values.object(Field.ALE_APP_ID)).isEqualTo("app");
    }

    @Test
    void shouldReadFieldsThatTheLayerLacksAsEmptyAndRefuseToSetThem() {
        FakeLayerValues values = new FakeLayerValues(Layer.ALE_AUTH_CONNECT_V4);
        assertThat(values.type(Field.IP_SOURCE_ADDRESS)).isEqualTo(DataType.EMPTY);
        assertThat(values.number(Field.IP_SOURCE_ADDRESS)).isZero();
        assertThat(values.object(Field.IP_SOURCE_ADDRESS)).isNull();
        assertThatThrownBy(() -> values.setNumber(Field.IP_SOURCE_ADDRESS, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ip-source-address");
    }

    @Test
    void shouldKnowNothingOfAPacketUntilToldSo() {
        FakeMetadata metadata = new FakeMetadata();
        assertThat(metadata.flow()).isNull();
        assertThat(metadata.timeToLive()).isEqualTo(IncomingMetadata.UNKNOWN);
        assertThat(metadata.ipHeaderSizeBytes()).isEqualTo(IncomingMetadata.UNKNOWN);
        FakeFlow flow = new FakeFlow(7);
        metadata.setFlow(flow).setHeaderSizes(20, 8).setTimeToLive(64);
        assertThat(metadata.flow()).isSameAs(flow);
        assertThat(metadata.transportHeaderSizeBytes()).isEqualTo(8);
    }

    @Test
    void shouldHoldOneContextForEachLayerAndDeleteEachOnceWhenTheFlowEnds() {
        List<String> deleted = new ArrayList<>();
        Callout callout = new Callout() {
            @Override
            public void classify(
                    IncomingValues values,
                    IncomingMetadata metadata,
                    LayerData data,
                    RuntimeFilter filter,
                    Object flowContext,
                    ClassifyOut out) {}

            @Override
            public void flowDelete(Layer layer, long flowId, Object context) {
                deleted.add(layer + " " + flowId + " " + context);
            }
        };
        FakeFlow flow = new FakeFlow(7);
        assertThat(flow.associate(Layer.STREAM_V4, "a")).isEqualTo(Status.SUCCESS);
        assertThat(flow.associate(Layer.STREAM_V4, "b")).isEqualTo(Status.OBJECT_NAME_EXISTS);
        assertThat(flow.context(Layer.STREAM_V4)).isEqualTo("a");
        assertThat(flow.remove(Layer.STREAM_V6)).isEqualTo(Status.UNSUCCESSFUL);
        flow.end(callout);
        flow.end(callout);
        assertThat(deleted).containsExactly("STREAM_V4 7 a");
    }

    @Test
    void shouldNoteTheAnswerAndForgetIt() {
        RecordingClassifyOut out = new RecordingClassifyOut().enterWith(ClassifyOut.Action.PERMIT, false);
        assertThat(out.hasWriteRight()).isFalse();
        assertThat(out.currentAction()).isEqualTo(ClassifyOut.Action.PERMIT);
        assertThat(out.answer()).isNull();
        out.permit();
        out.block();
        out.clearWriteRight();
        out.absorb();
        assertThat(out.answer()).isEqualTo(ClassifyOut.Action.BLOCK);
        assertThat(out.isWriteRightCleared()).isTrue();
        assertThat(out.isAbsorbed()).isTrue();
        out.forgetAnswer();
        assertThat(out.answer()).isNull();
        assertThat(out.isWriteRightCleared()).isFalse();
        assertThat(out.isAbsorbed()).isFalse();
    }

    @Test
    void shouldNoteTheLastStreamActionOnly() {
        FakeStreamData stream = new FakeStreamData((byte) 1).setPosition(5).setMissedBytes(2);
        assertThat(stream.position()).isEqualTo(5);
        assertThat(stream.missedBytes()).isEqualTo(2);
        stream.needMoreData(3);
        stream.defer();
        stream.allowConnection();
        stream.dropConnection();
        assertThat(stream.isDropped()).isTrue();
        assertThat(stream.required()).isZero();
        assertThat(stream.isDeferred()).isFalse();
        assertThat(stream.isAllowed()).isFalse();
        stream.forgetAnswers();
        assertThat(stream.isDropped()).isFalse();
    }

    @Test
    void shouldBeAnUnknownFilterUntilToldOtherwise() {
        FakeRuntimeFilter filter = new FakeRuntimeFilter(Layer.STREAM_V4, Map.of("n", 5L));
        assertThat(filter.action()).isEqualTo(ActionType.CALLOUT_UNKNOWN);
        assertThat(filter.providerContext()).isEqualTo(Map.of("n", 5L));
        filter.setAction(ActionType.CALLOUT_INSPECTION)
                .setId(3)
                .setRawContext(4)
                .setClearActionRight(true);
        filter.attach("parsed");
        assertThat(filter.action()).isEqualTo(ActionType.CALLOUT_INSPECTION);
        assertThat(filter.key()).isEqualTo(new UUID(0, 3));
        assertThat(filter.rawContext()).isEqualTo(4);
        assertThat(filter.hasClearActionRight()).isTrue();
        assertThat(filter.attachment()).isEqualTo("parsed");
    }
}
