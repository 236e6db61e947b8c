package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packets of tests inside policy files, judged by the real stack: none may be dropped for what it is. */
class PolicyTestPacketsTest {
    private final PolicyGateway gateway = new PolicyGateway();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void shouldBePacketsThatCanExist() throws IOException {
        List<String> packets = new ArrayList<>();
        for (int protocol = 0; protocol < 256; protocol++) {
            // Those with ports have tests of their own; IPv6 has extension headers in some places.
            boolean isOther = !Set.of(1, 6, 17, 58).contains(protocol);
            boolean isExtension = Set.of(0, 43, 44, 60).contains(protocol);
            if (isOther) {
                packets.add(protocol + " 192.0.2.1 -> 198.51.100.1");
            }
            if (isOther && !isExtension) {
                packets.add(protocol + " [2001:db8::1] -> [2001:db8::2]");
            }
        }
        for (int type = 128; type < 256; type++) {
            String group = type == 134 || type < 133 ? "ff02::1" : "ff02::2";
            packets.add("icmpv6 [fe80::9] -> [" + group + "] type " + type);
        }
        packets.add("icmpv6 [fe80::9] -> [fe80::1] in type 137");
        packets.add("2 192.0.2.1 -> 224.0.0.1 in");
        Path file = policy(packets, "permit");

        assertThatCode(() -> gateway.apply(file)).doesNotThrowAnyException();
    }

    @Test
    void shouldBeSentAtAll() throws IOException {
        Path file = policy(List.of("132 192.0.2.1 -> 198.51.100.1"), "block");

        assertThatThrownBy(() -> gateway.apply(file)).hasMessageContaining("expected block");
    }

    private Path policy(List<String> packets, String expected) throws IOException {
        StringBuilder text = new StringBuilder("apiVersion: sallyport/v1\nprovider: test\ntests:\n");
        packets.forEach(packet -> text.append("  - {packet: \"" + packet + "\", expect: " + expected + "}\n"));
        return Files.writeString(directory.resolve("policy.yaml"), text);
    }
}
