package io.sallyport.itest;

import static io.sallyport.stack.port.Side.LAN;
import static io.sallyport.stack.port.Side.WAN;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.policy.PolicyException;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shipped boot-time policy, judged by what real frames get through the real stack, shims and engine. */
class BootPolicyTest {
    private static final Path FILE = Path.of("../cnf/home/etc/boot-policy.yaml");
    private static final String HOST4 = "192.168.1.9";
    private static final String HOST6 = "2001:db8:1::9";
    private static final String SERVER4 = "203.0.113.9";
    private static final String SERVER6 = "2001:db8:2::9";

    private final PolicyGateway gateway = new PolicyGateway();

    @BeforeEach
    void apply() throws IOException, PolicyException {
        gateway.apply(FILE, DefaultPolicyTest.FILE);
        gateway.booting();
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"LAN", "WAN"})
    @Tag("BOOT-1")
    void shouldLetNothingThroughButWhatHostsFindEachOtherBy(Side side) {
        Map<String, String> passed = new TreeMap<>();
        frames().forEach((name, frame) -> {
            String verdict = gateway.send(side, frame);
            // An error that quotes no flow is dropped before any filter is asked.
            boolean isOfNoFlow = name.startsWith("icmp ") && verdict.equals("block: icmp-no-flow");
            if (!verdict.startsWith("block by boot-no-other-") && !isOfNoFlow) {
                passed.put(name, verdict);
            }
        });

        assertThat(passed).isEmpty();
    }

    @Test
    void shouldLetArpAndNeighbourDiscoveryThroughBothWays() {
        for (Side side : List.of(LAN, WAN)) {
            assertThat(gateway.send(side, Wire.arpRequest(HOST4, "192.168.1.1")))
                    .isEqualTo("permit");
            assertThat(gateway.send(side, Wire.icmp("fe80::9", "ff02::2", 133))).isEqualTo("permit");
            assertThat(gateway.send(side, Wire.icmp("fe80::1", "ff02::1", 134))).isEqualTo("permit");
            assertThat(gateway.send(side, Wire.icmp("::", "ff02::1:ff00:9", 135)))
                    .isEqualTo("permit");
            assertThat(gateway.send(side, Wire.icmp(SERVER6, HOST6, 136))).isEqualTo("permit");
        }
    }

    @Test
    @Tag("LIFE-6")
    void shouldBeOutOfForceWhileTheBaseFilteringEngineRuns() {
        gateway.running();

        assertThat(gateway.send(LAN, Wire.tcp(HOST4, 40_000, SERVER4, 443, Wire.SYN)))
                .isEqualTo("permit");
    }

    /** One of everything that a network may carry besides. */
    private static Map<String, byte[]> frames() {
        Map<String, byte[]> frames = new TreeMap<>();
        byte[] udpV6 = Wire.udp(HOST6, 40_000, SERVER6, 53);
        frames.put("tcp v4", Wire.tcp(HOST4, 40_000, SERVER4, 443, Wire.SYN));
        frames.put("tcp v4 mid-stream", Wire.tcp(SERVER4, 443, HOST4, 40_000, Wire.ACK));
        frames.put("udp v4", Wire.udp(HOST4, 40_000, SERVER4, 53));
        frames.put("dhcp", Wire.udp("0.0.0.0", 68, "255.255.255.255", 67));
        frames.put("icmp v4", Wire.icmp(HOST4, SERVER4, 8));
        frames.put("icmp v4 error", Wire.icmpError(SERVER4, HOST4, 3, 1, Wire.udp(HOST4, 40_000, SERVER4, 53)));
        frames.put("gre v4", Wire.other(HOST4, SERVER4, 47));
        frames.put("udp v4 in a vlan", Wire.tagged(7, Wire.udp(HOST4, 40_000, SERVER4, 53)));
        frames.put("tcp v6", Wire.tcp(HOST6, 40_000, SERVER6, 443, Wire.SYN));
        frames.put("tcp v6 mid-stream", Wire.tcp(HOST6, 443, SERVER6, 40_000, Wire.ACK));
        frames.put("udp v6", udpV6);
        frames.put("udp v6 in a vlan", Wire.tagged(7, udpV6));
        frames.put("dhcp v6", Wire.udp("fe80::9", 546, "ff02::1:2", 547));
        frames.put("icmp v6", Wire.icmp(HOST6, SERVER6, 128));
        frames.put("icmp v6 error", Wire.icmpError("2001:db8:3::1", HOST6, 2, 0, udpV6));
        frames.put("icmp v6 redirect", Wire.icmp("fe80::1", HOST6, 137));
        frames.put("mld", Wire.mld("fe80::1", "ff02::1", 130));
        frames.put("gre v6", Wire.other(HOST6, SERVER6, 47));
        frames.put("pppoe", Wire.frame("020000000002", 0x8864, new byte[46]));
        frames.put("lldp", Wire.frame("0180c200000e", 0x88cc, new byte[46]));
        frames.put("unknown type", Wire.frame("020000000002", 0x1234, new byte[46]));
        byte[] bpdu = HexFormat.of().parseHex("424203" + "00".repeat(35));
        frames.put("spanning tree", Wire.frame("0180c2000000", bpdu.length, bpdu));
        return frames;
    }
}
