package io.sallyport.replay;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.Packet;
import java.util.HashMap;
import java.util.Map;

/** Packets with only those numbers that events tell. */
final class FakePacket {
    private FakePacket() {}

    static Packet udp(long frameNumber, long timestampNs) {
        Map<String, FakeGateway.Answer> answers = new HashMap<>(common(frameNumber, timestampNs, 4, 17));
        answers.put("sourcePort", () -> 40_000);
        answers.put("destinationPort", () -> 53);
        answers.put("sourceLow", () -> 0xc0a80109L);
        answers.put("destinationLow", () -> 0xcb007109L);
        return FakeGateway.proxy(Packet.class, answers);
    }

    static Packet icmpv6(long frameNumber, long timestampNs) {
        Map<String, FakeGateway.Answer> answers = new HashMap<>(common(frameNumber, timestampNs, 6, 58));
        answers.put("sourceHigh", () -> 0x20010db8_00000000L);
        answers.put("sourceLow", () -> 1L);
        answers.put("destinationLow", () -> 1L);
        return FakeGateway.proxy(Packet.class, answers);
    }

    /** Neither IP nor anything else that is known. */
    static Packet none(long frameNumber, long timestampNs) {
        return FakeGateway.proxy(Packet.class, common(frameNumber, timestampNs, 0, Packet.NONE));
    }

    private static Map<String, FakeGateway.Answer> common(
            long frameNumber, long timestampNs, int ipVersion, int protocol) {
        Map<String, FakeGateway.Answer> answers = new HashMap<>();
        answers.put("frameNumber", () -> frameNumber);
        answers.put("timestampNs", () -> timestampNs);
        answers.put("direction", () -> Direction.OUTBOUND);
        answers.put("ipVersion", () -> ipVersion);
        answers.put("protocol", () -> protocol);
        answers.put("sourcePort", () -> Packet.NONE);
        answers.put("destinationPort", () -> Packet.NONE);
        for (String address : new String[] {"sourceHigh", "sourceLow", "destinationHigh", "destinationLow"}) {
            answers.put(address, () -> 0L);
        }
        return answers;
    }
}
