package io.sallyport.itest.corpus;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import io.sallyport.itest.WholePath;
import io.sallyport.itest.wire.IpPiece;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A callout that writes down what the stream and datagram layers show it, and decides nothing. */
final class Recorder implements Callout {
    private static final String KEY = "io.sallyport.test.recorder";
    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: test
            callouts:
              - {key: io.sallyport.test.recorder, layer: [stream-v4, stream-v6, datagram-data-v4, datagram-data-v6]}
            filters:
              - {name: recorded, layer: [stream-v4, stream-v6, datagram-data-v4, datagram-data-v6],
                 action: callout-inspection, callout: io.sallyport.test.recorder}
            """;

    /** A connection as the stream layer shows it. */
    private static final class Shown {
        final String local;
        final String remote;
        final int[] ports;
        final ByteArrayOutputStream outbound = new ByteArrayOutputStream();
        final ByteArrayOutputStream inbound = new ByteArrayOutputStream();

        Shown(IncomingValues values) {
            ports = new int[] {(int) values.number(Field.IP_LOCAL_PORT), (int) values.number(Field.IP_REMOTE_PORT)};
            local = Conversation.end(address(values, Field.IP_LOCAL_ADDRESS), ports[0]);
            remote = Conversation.end(address(values, Field.IP_REMOTE_ADDRESS), ports[1]);
        }
    }

    private final Map<Long, Shown> streams = new LinkedHashMap<>();
    private final List<Piece> datagrams = new ArrayList<>();

    /** Registers it and has it called for everything. */
    void join(WholePath whole) throws PolicyException, IOException {
        whole.register(KEY, CalloutFlags.ALLOW_MID_STREAM_INSPECTION, this);
        whole.apply(POLICY);
    }

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            LayerData data,
            RuntimeFilter filter,
            Object flowContext,
            ClassifyOut out) {
        if (data == null) {
            return;
        }
        byte[] bytes = new byte[data.lengthBytes()];
        data.copyTo(0, bytes, 0, bytes.length);
        if (data instanceof StreamData stream) {
            Shown shown = streams.computeIfAbsent(metadata.flow().id(), id -> new Shown(values));
            boolean isOutbound = (stream.flags() & StreamFlags.SEND) != 0;
            (isOutbound ? shown.outbound : shown.inbound).writeBytes(bytes);
        } else if (values.number(Field.IP_PROTOCOL) == IpPiece.UDP) {
            datagrams.add(new Piece(
                    (int) values.number(Field.IP_LOCAL_PORT), (int) values.number(Field.IP_REMOTE_PORT), bytes));
        }
    }

    private static byte[] address(IncomingValues values, Field field) {
        if (values.layer() == Layer.STREAM_V4) {
            return ByteBuffer.allocate(4).putInt((int) values.number(field)).array();
        }
        return ByteBuffer.allocate(16)
                .putLong(values.high64(field))
                .putLong(values.low64(field))
                .array();
    }

    /**
     * The connections between the same ends as these, in the same order. One that goes on behind a RST, or whose directions have
     * VLANs of their own, is more than one flow, which make one connection together; one that was not shown is empty.
     */
    List<Conversation> counterpartsOf(List<Conversation> expected) {
        List<Shown> left = new ArrayList<>(streams.values());
        List<Conversation> found = new ArrayList<>();
        for (Conversation it : expected) {
            ByteArrayOutputStream fromFirst = new ByteArrayOutputStream();
            ByteArrayOutputStream fromSecond = new ByteArrayOutputStream();
            for (Iterator<Shown> shown = left.iterator(); shown.hasNext(); ) {
                Shown next = shown.next();
                boolean isSame = next.local.equals(it.first()) && next.remote.equals(it.second());
                boolean isTurned = next.local.equals(it.second()) && next.remote.equals(it.first());
                boolean isWanted =
                        fromFirst.size() < it.fromFirst().length || fromSecond.size() < it.fromSecond().length;
                if ((isSame || isTurned) && isWanted) {
                    fromFirst.writeBytes((isSame ? next.outbound : next.inbound).toByteArray());
                    fromSecond.writeBytes((isSame ? next.inbound : next.outbound).toByteArray());
                    shown.remove();
                }
            }
            found.add(new Conversation(it.first(), it.second(), fromFirst.toByteArray(), fromSecond.toByteArray()));
        }
        return found;
    }

    /** Tells whether a connection was adopted in the middle once it had ended: it is more than one flow. */
    boolean wasAdoptedAgain(Conversation it) {
        return streams.values().stream()
                        .filter(shown -> (shown.local.equals(it.first()) && shown.remote.equals(it.second()))
                                || (shown.local.equals(it.second()) && shown.remote.equals(it.first())))
                        .count()
                > 1;
    }

    /** All streams, whole or not. */
    List<Piece> streams() {
        List<Piece> pieces = new ArrayList<>();
        for (Shown shown : streams.values()) {
            pieces.add(new Piece(shown.ports[0], shown.ports[1], shown.outbound.toByteArray()));
            pieces.add(new Piece(shown.ports[0], shown.ports[1], shown.inbound.toByteArray()));
        }
        return pieces;
    }

    List<Piece> datagrams() {
        return datagrams;
    }
}
