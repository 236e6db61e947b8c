package io.sallyport.stack.internal.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InternetChecksumTest {

    private static final int LONGEST = 65_535;

    /** RFC 1071 as it says: 16 bits at a time, the carry put back at once. */
    private static int oracle(byte[] bytes, int offset, int lengthBytes, int start) {
        int sum = start;
        for (int i = 0; i < lengthBytes; i += 2) {
            int low = i + 1 < lengthBytes ? bytes[offset + i + 1] & 0xFF : 0;
            sum += (bytes[offset + i] & 0xFF) << 8 | low;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }

    static IntStream lengths() {
        return IntStream.concat(IntStream.range(0, 100), IntStream.of(1_460, 1_480, 1_481, 9_000, LONGEST));
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldSumLikeRfc1071WhateverTheLengthAndPlace(int lengthBytes) {
        Random random = new Random(lengthBytes);
        byte[] bytes = new byte[lengthBytes + 16];
        random.nextBytes(bytes);
        ByteBuffer memory = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
        for (int offset = 0; offset < 16; offset++) {
            int start = random.nextInt(0x1_0000);
            int sum = InternetChecksum.fold(InternetChecksum.sum(memory, offset, lengthBytes, start));
            assertThat(sum).isEqualTo(oracle(bytes, offset, lengthBytes, start));
        }
    }

    @Test
    void shouldLoseNoCarry() {
        byte[] bytes = new byte[LONGEST];
        Arrays.fill(bytes, (byte) 0xFF);
        ByteBuffer memory = ByteBuffer.allocateDirect(LONGEST).put(0, bytes);
        for (int lengthBytes = LONGEST - 32; lengthBytes <= LONGEST; lengthBytes++) {
            int sum = InternetChecksum.fold(InternetChecksum.sum(memory, 0, lengthBytes, 0xFFFF_FFFFL));
            assertThat(sum).isEqualTo(oracle(bytes, 0, lengthBytes, 0xFFFF));
        }
    }
}
