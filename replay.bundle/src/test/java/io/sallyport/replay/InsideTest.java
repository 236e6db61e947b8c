package io.sallyport.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.stack.api.DataPathConfig.AddressPrefix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InsideTest {

    @Test
    void shouldReadAddressesAndPrefixes() throws ReplayException {
        assertThat(Inside.prefix("10.1.2.3")).isEqualTo(new AddressPrefix(4, 0, 0x0a010203L, 32));
        assertThat(Inside.prefix("255.0.0.0/0")).isEqualTo(new AddressPrefix(4, 0, 0xff000000L, 0));
        assertThat(Inside.prefix("fe80::1")).isEqualTo(new AddressPrefix(6, 0xfe80000000000000L, 1, 128));
        assertThat(Inside.prefix("::ffff:1.2.3.4/96")).isEqualTo(new AddressPrefix(6, 0, 0xffff01020304L, 96));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.1",
                "10.0.0.256",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "10.0.0.0/33",
                "localhost",
                "fe80::1%eth0",
                "::/129",
                "1::2::3",
                "10.0.0.0/8/8",
                "[::1]"
            })
    void shouldRefuseWhatIsNone(String text) {
        assertThatThrownBy(() -> Inside.prefix(text))
                .isInstanceOf(ReplayException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "02:00:00:00:00", "02:00:00:00:00:0g", "020000000001"})
    void shouldRefuseWhatIsNoMac(String text) {
        assertThatThrownBy(() -> Inside.mac(text)).isInstanceOf(ReplayException.class);
    }
}
