package io.sallyport.port.pcap.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OffloadsTest {

    @Test
    void shouldNameWhatIsOnAndCanBeSwitched() {
        assertThat(Offloads.parse("""
                        Features for eth0:
                        rx-checksumming: on
                        tcp-segmentation-offload: on
                        \ttx-tcp-segmentation: on
                        generic-segmentation-offload: on [fixed]
                        generic-receive-offload: off
                        large-receive-offload: off [fixed]
                        rx-udp-gro-forwarding: on
                        """)).containsExactly("tso", "rx-udp-gro-forwarding");
    }
}
