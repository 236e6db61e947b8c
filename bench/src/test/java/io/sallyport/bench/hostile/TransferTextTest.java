package io.sallyport.bench.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TransferTextTest {

    @Test
    void shouldMakeTheSameTextOfTheSameSeedAndNoOther() {
        assertThat(TransferText.make(7, 10_000))
                .isEqualTo(TransferText.make(7, 10_000))
                .hasSize(10_000);
        assertThat(TransferText.make(8, 10_000)).isNotEqualTo(TransferText.make(7, 10_000));
    }

    @Test
    void shouldHaveWordsToEditThatChangeLengthsBothWays() {
        String text = TransferText.make(7, 10_000);
        String edited = TransferText.edited(text);
        assertThat(text).contains("colour", "lorry");
        assertThat(edited).doesNotContain("colour", "lorry").contains("color", "articulated-truck", "colorless");
        assertThat(edited.length()).isNotEqualTo(text.length());
    }

    @Test
    void shouldNotEndWithinAWord() {
        for (int bytes = 1; bytes < 200; bytes++) {
            assertThat(TransferText.make(1, bytes)).endsWith(".").hasSize(bytes);
        }
    }
}
