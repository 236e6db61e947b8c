package io.sallyport.bfe.internal.event;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.gateway.api.ConnectionCounts;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventOptions.AuditGroup;
import io.sallyport.gateway.api.NetEventOptions.Keyword;
import io.sallyport.gateway.api.NetEventTemplate;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.shim.testing.TestPacket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded and audited, and which events a template means. */
class NetEventOptionsTest {
    private static final NetEventOptions OFF = new NetEventOptions(false, Set.of(Keyword.INBOUND_MCAST), Set.of());
    private static final NetEventOptions ON = new NetEventOptions(true, Set.of(Keyword.INBOUND_MCAST), Set.of());

    @TempDir
    private Path home;

    private final List<String> audited = new ArrayList<>();
    private LiveNetEvents events;

    @BeforeEach
    void open() {
        events = make();
    }

    @AfterEach
    void close() {
        events.close();
    }

    private LiveNetEvents make() {
        return new LiveNetEvents(
                64,
                50,
                50,
                null,
                InstantSource.system(),
                home.resolve("net-events.properties"),
                new AuditLog(audited::add));
    }

    private void drop(TestPacket packet) {
        drop(packet, Layer.ALE_AUTH_CONNECT_V4);
    }

    private void drop(TestPacket packet, Layer layer) {
        packet.timestampNs = System.nanoTime();
        events.dropped(packet, 1, DropReason.POLICY, layer, PacketEvents.FILTER, 3, "r7");
    }

    private List<NetEvent> events(NetEvent.Kind... kinds) throws PolicyException {
        events.drain();
        return events.recent(NetEventTemplate.of(kinds), 100);
    }

    private List<NetEvent> drops() throws PolicyException {
        return events(NetEvent.Kind.DROP);
    }

    /** Sent to a MAC address of the inside. */
    private static TestPacket inbound(long mac) {
        TestPacket packet = TestPacket.udp(Direction.INBOUND, 4);
        packet.localMac = mac;
        return packet;
    }

    private static final long MULTICAST = 0x0100_5E00_0001L;
    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    @Test
    @Tag("NEV-8")
    void shouldChooseByTypeAmongEventsThatHaveNone() throws Exception {
        NetEventTemplate byType =
                new NetEventTemplate(null, null, Set.of(), Set.of(NetEvent.Type.CLASSIFY_DROP), List.of());
        BlockingQueue<NetEvent> heard = new LinkedBlockingQueue<>();
        events.subscribe(byType, heard::add);

        events.report(NetEvent.Kind.FAULT, "an interface went down");
        drop(TestPacket.udp(Direction.OUTBOUND, 4));
        events.drain();

        NetEvent first = heard.poll(10, TimeUnit.SECONDS);
        assertThat(first).isNotNull();
        assertThat(first.kind()).isEqualTo(NetEvent.Kind.DROP);
        assertThat(events.recent(byType, 100)).hasSize(1);
        assertThat(events()).hasSize(2);
    }

    @Test
    @Tag("NEV-4")
    void shouldRecordOutboundAndInboundUnicastDropsAndOthersByKeyword() throws Exception {
        TestPacket outboundMulticast = TestPacket.udp(Direction.OUTBOUND, 4);
        outboundMulticast.remoteMac = MULTICAST;
        PacketEvents flows = new PacketEvents(events);
        for (TestPacket packet :
                List.of(TestPacket.udp(Direction.OUTBOUND, 4), outboundMulticast, inbound(TestPacket.LOCAL_MAC))) {
            drop(packet);
        }
        drop(inbound(MULTICAST));
        drop(inbound(BROADCAST));
        flows.permit(1, false);
        assertThat(events()).hasSize(3).allMatch(it -> it.kind() == NetEvent.Kind.DROP);

        events.setOptions(new NetEventOptions(true, Set.of(Keyword.INBOUND_MCAST), Set.of()));
        drop(inbound(MULTICAST));
        drop(inbound(BROADCAST));
        assertThat(drops()).hasSize(4);
        events.setOptions(new NetEventOptions(true, Set.of(Keyword.INBOUND_BCAST), Set.of()));
        drop(inbound(MULTICAST));
        drop(inbound(BROADCAST));
        assertThat(drops()).hasSize(5);
        events.setOptions(new NetEventOptions(true, Set.of(Keyword.CLASSIFY_ALLOW), Set.of()));
        flows.permit(1, false);
        flows.permit(1, true);
        assertThat(events(NetEvent.Kind.PERMIT, NetEvent.Kind.REAUTH)).hasSize(2);
    }

    @Test
    @Tag("NEV-6")
    @Tag("NEV-7")
    void shouldRecordAndTellNothingWhileSwitchedOffAndBeginAnewAfterwards() throws Exception {
        events.setOptions(ON);
        drop(TestPacket.udp(Direction.OUTBOUND, 4));
        assertThat(drops()).hasSize(1);
        events.setOptions(OFF);
        drop(TestPacket.udp(Direction.OUTBOUND, 4));
        events.drain();
        assertRefused(WfpError.NET_EVENTS_DISABLED, () -> events.recent(NetEventTemplate.ALL, 10));
        assertThat(events.options().keywords()).containsExactly(Keyword.INBOUND_MCAST);

        events.setOptions(new NetEventOptions(true, events.options().keywords(), Set.of()));
        assertThat(drops()).as("purged when it is switched on again").isEmpty();
        drop(inbound(MULTICAST));
        assertThat(drops()).as("the keyword counts as before").hasSize(1);
    }

    @Test
    @Tag("NEV-5")
    @Tag("NEV-7")
    void shouldKeepSettingsOverARestartAndRefuseWhatCannotBeKept() throws Exception {
        NetEventOptions all = new NetEventOptions(false, Set.of(Keyword.values()), Set.of(AuditGroup.values()));
        events.setOptions(all);
        events.close();
        events = make();
        assertThat(events.options()).isEqualTo(all);

        Path file = home.resolve("net-events.properties");
        Files.writeString(file, "keywords=NO_SUCH_KEYWORD\n");
        events.close();
        events = make();
        assertThat(events.options()).as("of a file that makes no sense").isEqualTo(NetEventOptions.DEFAULT);
        Files.delete(file);
        Files.createDirectory(file);
        Files.createFile(file.resolve("in the way"));
        assertRefused(WfpError.INVALID_PARAMETER, () -> events.setOptions(OFF));
        assertThat(events.options()).isEqualTo(NetEventOptions.DEFAULT);
    }

    @Test
    @Tag("NEV-1")
    @Tag("NEV-2")
    void shouldTellTypesAndWhatOfTheHeaderIsKnown() throws Exception {
        TestPacket noIp = new TestPacket(Direction.INBOUND, 0, TestPacket.NONE);
        noIp.etherType = 0x88CC;
        noIp.vlanId = 7;
        drop(noIp, Layer.INBOUND_MAC_FRAME_ETHERNET);
        drop(TestPacket.udp(Direction.OUTBOUND, 6), Layer.ALE_AUTH_CONNECT_V6);
        events.dropped(TestPacket.icmp(Direction.INBOUND, 4, 8, 0), 3, DropReason.POLICY, null, null, 0, "");
        List<NetEvent> drops = drops();

        NetEvent mac = drops.get(0);
        assertThat(mac.type()).isEqualTo(NetEvent.Type.CLASSIFY_DROP_MAC);
        assertThat(mac.ipVersion()).isNull();
        assertThat(mac.source()).isNull();
        assertThat(mac.protocol()).isNull();
        assertThat(mac.mac()).isEqualTo(new NetEvent.MacHeader("02:00:00:00:00:80", "02:00:00:00:00:09", 0x88CC, 7));
        assertThat(mac.fields()).containsEntry("srcMac", "02:00:00:00:00:80").containsEntry("vlan", 7);

        NetEvent udp = drops.get(1);
        assertThat(udp.type()).isEqualTo(NetEvent.Type.CLASSIFY_DROP);
        assertThat(udp.ipVersion()).isEqualTo(6);
        assertThat(udp.protocol()).isEqualTo("udp");
        assertThat(udp.source()).isEqualTo("fd00::9");
        assertThat(udp.destinationPort()).isEqualTo(53);
        assertThat(udp.mac()).isNull();

        NetEvent icmp = drops.get(2);
        assertThat(icmp.type()).as("no layer saw it").isNull();
        assertThat(icmp.ipVersion()).isEqualTo(4);
        assertThat(icmp.sourcePort()).isNull();
    }

    @Test
    @Tag("NEV-8")
    void shouldTellOnlyEventsThatTheTemplateMeans() throws Exception {
        TestPacket out = TestPacket.udp(Direction.OUTBOUND, 4); // 192.168.1.9:50000 -> 203.0.113.80:53
        TestPacket in = TestPacket.tcp(Direction.INBOUND, 4).ports(40_000, 443);
        TestPacket v6 = TestPacket.udp(Direction.OUTBOUND, 6);
        TestPacket noIp = new TestPacket(Direction.INBOUND, 0, TestPacket.NONE);
        Instant before = Instant.now().minusSeconds(60);
        drop(out);
        drop(in);
        drop(v6, Layer.ALE_AUTH_CONNECT_V6);
        drop(noIp, Layer.INBOUND_MAC_FRAME_ETHERNET);
        events.drain();

        assertThat(matching(eq(Field.IP_PROTOCOL, Value.uint8(17)))).containsExactly(1L, 3L);
        assertThat(matching(eq(Field.IP_REMOTE_PORT, Value.uint16(443))))
                .as("remote is outside")
                .containsExactly(2L);
        assertThat(matching(eq(Field.IP_LOCAL_ADDRESS, new Value.V4AddressMask(0xC0A8_0000, 0xFFFF_0000))))
                .containsExactly(1L, 2L);
        assertThat(matching(eq(Field.IP_REMOTE_ADDRESS, new Value.V6AddressMask(0x2001_0DB8_0000_0000L, 0, 32))))
                .containsExactly(3L);
        assertThat(matching(eq(Field.IP_REMOTE_PORT, Value.empty()))).containsExactly(4L);
        assertThat(matching(
                        eq(Field.IP_PROTOCOL, Value.uint8(17)),
                        new Condition(
                                Field.IP_LOCAL_PORT,
                                MatchType.RANGE,
                                Value.range(Value.uint16(50_000), Value.uint16(50_001)))))
                .containsExactly(1L, 3L);
        assertThat(numbers(
                        new NetEventTemplate(null, null, Set.of(), Set.of(NetEvent.Type.CLASSIFY_DROP_MAC), List.of())))
                .containsExactly(4L);
        assertThat(numbers(new NetEventTemplate(before, before.plusSeconds(600), Set.of(), Set.of(), List.of())))
                .hasSize(4);
        assertThat(numbers(new NetEventTemplate(null, before, Set.of(), Set.of(), List.of())))
                .isEmpty();
        assertThat(numbers(new NetEventTemplate(before.plusSeconds(600), null, Set.of(), Set.of(), List.of())))
                .isEmpty();
        assertThat(numbers(new NetEventTemplate(Instant.MIN, Instant.MAX, Set.of(), Set.of(), List.of())))
                .hasSize(4);
    }

    private static Condition eq(Field field, Value value) {
        return new Condition(field, MatchType.EQUAL, value);
    }

    private List<Long> matching(Condition... conditions) throws PolicyException {
        return numbers(new NetEventTemplate(null, null, Set.of(), Set.of(), List.of(conditions)));
    }

    private List<Long> numbers(NetEventTemplate template) throws PolicyException {
        return events.recent(template, 100).stream().map(NetEvent::number).toList();
    }

    @Test
    @Tag("NEV-8")
    void shouldRefuseTemplatesThatMakeNoSense() {
        Instant now = Instant.now();
        assertRefused(
                WfpError.INVALID_INTERVAL,
                () -> numbers(new NetEventTemplate(now, now.minusNanos(1), Set.of(), Set.of(), List.of())));
        assertRefused(WfpError.CONDITION_NOT_FOUND, () -> matching(eq(Field.ALE_USER_ID, Value.empty())));
        assertRefused(WfpError.TYPE_MISMATCH, () -> matching(eq(Field.IP_REMOTE_PORT, Value.uint8(1))));
        assertRefused(
                WfpError.NEVER_MATCH,
                () -> matching(new Condition(Field.IP_REMOTE_PORT, MatchType.LESS, Value.uint16(0))));
        Value set = new Value.InSet(new UUID(1, 1), SetKind.PORTS);
        assertRefused(WfpError.TYPE_MISMATCH, () -> matching(eq(Field.IP_REMOTE_PORT, set)));
        Condition port = eq(Field.IP_REMOTE_PORT, Value.uint16(1));
        assertRefused(WfpError.DUPLICATE_CONDITION, () -> matching(port, port));
    }

    @Test
    @Tag("NEV-10")
    @Tag("NEV-11")
    void shouldAuditTheGroupsThatAreSwitchedOnWhateverIsRecorded() throws Exception {
        PacketEvents flows = new PacketEvents(events);
        drop(TestPacket.udp(Direction.OUTBOUND, 4));
        flows.permit(1, false);
        events.drain();
        events.audit(AuditGroup.POLICY_CHANGE, Map.of("change", "commit"));
        assertThat(audited).as("off by default").isEmpty();

        events.setOptions(new NetEventOptions(false, Set.of(), Set.of(AuditGroup.PACKET_DROP, AuditGroup.CONNECTION)));
        drop(inbound(MULTICAST));
        flows.permit(2, false);
        events.drain();
        assertThat(audited).hasSize(2);
        assertThat(audited.get(0))
                .startsWith("{\"ts\":\"")
                .contains(
                        "\"group\":\"packet-drop\"",
                        "\"filter\":\"no-telnet\"",
                        "\"filterId\":7",
                        "\"revision\":\"r7\"")
                .endsWith("}");
        assertThat(audited.get(1))
                .as("no filter decided")
                .contains("\"group\":\"connection\"", "\"verdict\":\"permit\"", "\"filter\":null", "\"filterId\":0");

        audited.clear();
        events.setOptions(new NetEventOptions(true, Set.of(), Set.of(AuditGroup.OTHER, AuditGroup.POLICY_CHANGE)));
        events.audit(AuditGroup.POLICY_CHANGE, Map.of("name", "a \"name\"\nof two lines"));
        events.report(NetEvent.Kind.FAULT, "the plug-in failed");
        drop(TestPacket.udp(Direction.OUTBOUND, 4));
        events.drain();
        assertThat(audited).hasSize(3);
        assertThat(audited.get(0)).contains("\"group\":\"policy-change\"", "a \\\"name\\\"\\nof two lines");
        assertThat(audited.get(1)).contains("\"group\":\"other\"", "events: recording on");
        assertThat(audited.get(2)).contains("\"group\":\"other\"", "the plug-in failed");
        assertThat(drops())
                .as("a drop, two states and a fault before it: what is audited only has no number")
                .extracting(NetEvent::number)
                .containsExactly(5L);
    }

    @Test
    @Tag("NEV-13")
    void shouldCountConnectionsByDirectionAndIpVersion() {
        PacketEvents flows = new PacketEvents(events);
        flows.permit(1, false);
        flows.permit(2, false);
        flows.permit(3, true);
        drop(TestPacket.udp(Direction.INBOUND, 6), Layer.ALE_AUTH_RECV_ACCEPT_V6);
        drop(TestPacket.udp(Direction.INBOUND, 6), Layer.DATAGRAM_DATA_V6);
        assertThat(events.connections())
                .containsExactly(
                        new ConnectionCounts("outbound", 4, 2, 0, 1),
                        new ConnectionCounts("outbound", 6, 0, 0, 0),
                        new ConnectionCounts("inbound", 4, 0, 0, 0),
                        new ConnectionCounts("inbound", 6, 0, 1, 0));
    }
}
