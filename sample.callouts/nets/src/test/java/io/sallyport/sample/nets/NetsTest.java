package io.sallyport.sample.nets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.FilterRefusedException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetsTest {

    @Test
    void shouldReadIpv6AsTheJdkDoes() throws UnknownHostException {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            for (int zeros = random.nextInt(17); zeros > 0; zeros--) {
                bytes[random.nextInt(16)] = 0;
            }
            String text = written(bytes, random);
            ByteBuffer expected = ByteBuffer.wrap(bytes);
            IpAddress address = IpAddress.parse(text);
            assertThat(address).as(text).isEqualTo(new IpAddress(true, expected.getLong(), expected.getLong()));
            assertThat(IpAddress.parse(String.valueOf(address))).isEqualTo(address);
        }
    }

    /** In one of the forms of RFC 4291, 2.2. */
    private static String written(byte[] bytes, Random random) {
        StringBuilder text = new StringBuilder();
        int gap = random.nextInt(8);
        boolean isGapUsed = false;
        int groups = random.nextBoolean() ? 6 : 8;
        for (int i = 0; i < groups; i++) {
            int end = i;
            while (i >= gap && !isGapUsed && end < groups && (bytes[2 * end] | bytes[2 * end + 1]) == 0) {
                end++;
            }
            if (end > i) {
                text.append(i == 0 ? "::" : ":");
                isGapUsed = true;
                i = end - 1;
            } else {
                String group = Integer.toHexString(((bytes[2 * i] & 0xFF) << 8) | (bytes[2 * i + 1] & 0xFF));
                text.append(random.nextBoolean() ? group : group.toUpperCase(java.util.Locale.ROOT));
                text.append(i == 7 ? "" : ":");
            }
        }
        if (groups == 6) {
            text.append(bytes[12] & 0xFF).append('.').append(bytes[13] & 0xFF).append('.');
            text.append(bytes[14] & 0xFF).append('.').append(bytes[15] & 0xFF);
        }
        return text.toString();
    }

    @Test
    void shouldReadIpv4() {
        assertThat(IpAddress.parse("203.0.113.9")).isEqualTo(new IpAddress(false, 0, 0xCB00_7109L));
        assertThat(String.valueOf(IpAddress.parse("255.255.255.255"))).isEqualTo("255.255.255.255");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.-4",
                "1..3.4",
                "1.2.3.4 ",
                "٣.2.3.4",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7::8",
                "12345::",
                "g::",
                "1.2.3.4::",
                "::1.2.3.4:5",
                ":1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:",
                "::1%eth0",
                "1:2:3:4:5:6:7:1.2.3.4",
            })
    void shouldReadNothingElse(String text) {
        assertThat(IpAddress.parse(text)).isNull();
    }

    @Test
    void shouldKnowWhereANetworkBeginsAndEnds() {
        Random random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            boolean isIpv6 = random.nextBoolean();
            int width = isIpv6 ? 128 : 32;
            int bits = random.nextInt(width + 1);
            java.math.BigInteger size = java.math.BigInteger.ONE.shiftLeft(width - bits);
            java.math.BigInteger first =
                    new java.math.BigInteger(width, random).divide(size).multiply(size);
            IpNetwork network = IpNetwork.parse(address(isIpv6, first) + "/" + bits);
            assertThat(network).isNotNull();
            assertThat(network.last()).isEqualTo(address(isIpv6, first.add(size).subtract(java.math.BigInteger.ONE)));
            java.math.BigInteger inside = first.add(new java.math.BigInteger(width, random).mod(size));
            IpAddress address = address(isIpv6, inside);
            assertThat(network.contains(address.high(), address.low())).isTrue();
            java.math.BigInteger other = new java.math.BigInteger(width, random);
            address = address(isIpv6, other);
            assertThat(network.contains(address.high(), address.low()))
                    .isEqualTo(other.divide(size).equals(first.divide(size)));
        }
    }

    private static IpAddress address(boolean isIpv6, java.math.BigInteger value) {
        return new IpAddress(isIpv6, value.shiftRight(64).longValue(), value.longValue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.1/24",
                "192.0.2.0/33",
                "192.0.2.0/",
                "192.0.2.0/-1",
                "2001:db8::1/64",
                "2001:db8::/129",
                "/8"
            })
    void shouldReadNoNetworkThatCouldBeASlip(String text) {
        assertThat(IpNetwork.parse(text)).isNull();
    }

    @Test
    void shouldKnowWhatOthersCanBeSentTo() throws UnknownHostException {
        for (String text :
                List.of("192.0.2.1", "240.0.0.1", "224.0.0.1", "127.0.0.1", "2001:db8::1", "ff02::1", "::1", "::")) {
            InetAddress jdk = InetAddress.getByName(text);
            boolean expected = !jdk.isMulticastAddress()
                    && !jdk.isAnyLocalAddress()
                    && !jdk.isLoopbackAddress()
                    && !text.startsWith("240");
            assertThat(IpAddress.parse(text).isUnicast()).as(text).isEqualTo(expected);
        }
    }

    @Test
    void shouldRefuseSettingsThatMakeNoSense() throws FilterRefusedException {
        Settings settings = new Settings("x", Map.of("n", 5L, "w", "a", "t", List.of("u", 1L)), Set.of("n", "w", "t"));
        assertThat(settings.number("n", 1, 5, 0)).isEqualTo(5);
        assertThat(settings.number("missing", 1, 5, 3)).isEqualTo(3);
        assertThat(settings.word("w", "b", List.of("a", "b"))).isEqualTo("a");
        assertThatThrownBy(() -> settings.number("n", 1, 4, 0)).hasMessageContaining("1 to 4");
        assertThatThrownBy(() -> settings.word("w", "b", List.of("b", "c"))).hasMessageContaining("b, c");
        assertThatThrownBy(() -> settings.texts("t", 9)).hasMessageContaining("number 2");
        assertThatThrownBy(() -> settings.texts("t", 1)).hasMessageContaining("1 texts at most");
        assertThatThrownBy(() -> new Settings("x", Map.of("typo", 1L), Set.of("n")))
                .isInstanceOf(FilterRefusedException.class)
                .hasMessageContaining("'typo'");
    }

    @Test
    void shouldSpreadWhatAnAttackerCountsUp() {
        KeyedHash hash = new KeyedHash();
        int[] places = new int[1 << 10];
        for (int i = 0; i < 1 << 16; i++) {
            places[(int) (hash.hash(0, 0x0A00_0000L + i, 0) >>> 54)]++;
        }
        for (int place : places) {
            assertThat(place).isBetween(20, 130); // 64 in the mean
        }
        assertThat(hash.hash(1, 2, 3)).isEqualTo(hash.hash(1, 2, 3)).isNotEqualTo(hash.hash(3, 2, 1));
        assertThat(new KeyedHash().hash(1, 2, 3)).isNotEqualTo(hash.hash(1, 2, 3));
    }
}
