package io.sallyport.itest.evasion;

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
import io.sallyport.layer.Field;
import io.sallyport.policy.PolicyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A callout that writes down what the stream layer shows of outbound bytes, by the inside port and IP version. */
final class ShownStreams implements Callout {
    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: test
            callouts:
              - {key: io.sallyport.test.shown, layer: [stream-v4, stream-v6]}
            filters:
              - {name: shown, layer: [stream-v4, stream-v6], action: callout-inspection, callout: io.sallyport.test.shown}
            """;

    private static final class Stream {
        final long flow;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Stream(long flow) {
            this.flow = flow;
        }
    }

    /** By key: one connection after the other. */
    private final Map<String, List<Stream>> streams = new HashMap<>();

    /** Has it called for every stream, seen from its start or not. */
    void join(WholePath whole) throws PolicyException, IOException {
        whole.register("io.sallyport.test.shown", CalloutFlags.ALLOW_MID_STREAM_INSPECTION, this);
        whole.apply(POLICY);
    }

    /** Names one end's connections. */
    static String key(String address, int port) {
        return (address.contains(":") ? "6 " : "4 ") + port;
    }

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            LayerData data,
            RuntimeFilter filter,
            Object flowContext,
            ClassifyOut out) {
        boolean isOutbound = data instanceof StreamData stream && (stream.flags() & StreamFlags.SEND) != 0;
        if (!isOutbound || data.lengthBytes() == 0) {
            return;
        }
        String version = values.layer().policyName().endsWith("v6") ? "6 " : "4 ";
        List<Stream> ofEnd =
                streams.computeIfAbsent(version + values.number(Field.IP_LOCAL_PORT), key -> new ArrayList<>());
        long flow = metadata.flow().id();
        if (ofEnd.isEmpty() || ofEnd.get(ofEnd.size() - 1).flow != flow || ((StreamData) data).position() == 0) {
            ofEnd.add(new Stream(flow));
        }
        byte[] bytes = new byte[data.lengthBytes()];
        data.copyTo(0, bytes, 0, bytes.length);
        ofEnd.get(ofEnd.size() - 1).bytes.writeBytes(bytes);
    }

    /** The longest that was shown of any connection of an end. */
    int longest(String key) {
        return streams.getOrDefault(key, List.of()).stream()
                .mapToInt(it -> it.bytes.size())
                .max()
                .orElse(0);
    }

    /**
     * Whether bytes are a part of one of an end's connections, in one piece, as they were shown. They need not be its start: a host
     * may forget a handshake, with what came in it, and begin anew further on.
     */
    boolean hasShown(String key, byte[] received) {
        String text = new String(received, StandardCharsets.ISO_8859_1);
        return received.length == 0
                || streams.getOrDefault(key, List.of()).stream()
                        .map(it -> it.bytes.toString(StandardCharsets.ISO_8859_1))
                        .anyMatch(it -> it.contains(text));
    }

    String describe(String key) {
        StringBuilder text = new StringBuilder();
        for (Stream stream : streams.getOrDefault(key, List.of())) {
            text.append(" flow ").append(stream.flow).append(' ');
            text.append(HexFormat.of().formatHex(stream.bytes.toByteArray()));
        }
        return text.toString();
    }
}
