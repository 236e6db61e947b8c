package io.sallyport.engine.internal.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("BOOT-1")
class BootPolicyFileTest {
    @TempDir
    Path folder;

    private final BootPolicyFileComponent files = new BootPolicyFileComponent();
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("boot.bin");
    }

    @Test
    void shouldReadWhatItWroteWhateverItIs() throws Exception {
        for (int seed = 0; seed < 2_000; seed++) {
            PolicyImage image = new RandomImage(new SplittableRandom(seed)).image();
            byte[] bytes = BootPolicyFileComponent.bytes(image);
            assertThat(BootPolicyFileComponent.read(file, bytes))
                    .as("seed " + seed)
                    .isEqualTo(image);
        }
        for (int seed = 0; seed < 3; seed++) {
            PolicyImage image = new RandomImage(new SplittableRandom(seed)).image();
            files.write(file, image);
            assertThat(files.read(file)).isEqualTo(image);
        }
        assertThat(names()).containsExactly("boot.bin");
    }

    @Test
    void shouldWriteEqualImagesAlike() {
        PolicyImage image = new RandomImage(new SplittableRandom(3)).image();
        PolicyImage same = new RandomImage(new SplittableRandom(3)).image();
        assertThat(ImageWriter.write(image)).isEqualTo(ImageWriter.write(same));
    }

    @Test
    void shouldRefuseAFileWithAnyBitFlipped() throws Exception {
        byte[] whole = sample();
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            requireRefused(damaged, "bit " + bit);
        }
    }

    @Test
    void shouldRefuseAFileThatWasCutAnywhereOrHasMore() throws Exception {
        byte[] whole = sample();
        for (int length = 0; length < whole.length; length++) {
            requireRefused(Arrays.copyOf(whole, length), "length " + length);
        }
        requireRefused(Arrays.copyOf(whole, whole.length + 1), "a byte more");
    }

    private byte[] sample() throws IOException {
        files.write(file, new RandomImage(new SplittableRandom(7)).image());
        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes.length).isBetween(200, 20_000);
        return bytes;
    }

    private void requireRefused(byte[] bytes, String what) {
        assertThatThrownBy(() -> BootPolicyFileComponent.read(file, bytes))
                .as(what)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws Exception {
        assertThatThrownBy(() -> files.read(file))
                .hasMessage("boot-time policy " + file + " cannot be read: there is no such file or folder");
        Files.writeString(file, "filters: [] # a policy, but not this kind");
        assertThatThrownBy(() -> files.read(file)).hasMessageContaining("is no boot-time policy");
        byte[] later = sample();
        ByteBuffer.wrap(later).putInt(8, 2);
        Files.write(file, later);
        assertThatThrownBy(() -> files.read(file))
                .hasMessageEndingWith("is of format version 2, but this version reads 1");
        byte[] flipped = sample();
        flipped[100] ^= 1;
        Files.write(file, flipped);
        assertThatThrownBy(() -> files.read(file)).hasMessageEndingWith("is damaged: its checksum does not match");
    }

    @Test
    void shouldKeepTheOldFileWhenTheNewOneCannotBeWritten() throws Exception {
        PolicyImage old = PolicyImage.PERMIT_ALL;
        files.write(file, old);
        Map<String, Object> unknown = new HashMap<>();
        unknown.put("n", List.of(5));
        FilterImage model = new RandomImage(new SplittableRandom(1)).filter(1);
        FilterImage bad = new FilterImage(
                1,
                model.key(),
                "words",
                null,
                model.layer(),
                model.sublayer(),
                0,
                List.of(),
                model.action(),
                null,
                0,
                0,
                unknown);
        PolicyImage image = new PolicyImage("r", List.of(), List.of(), List.of(bad));
        assertThatThrownBy(() -> files.write(file, image))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("filter words (1): its context data holds a Integer");
        assertThat(files.read(file)).isEqualTo(old);
        Path nowhere = folder.resolve("missing").resolve("boot.bin");
        assertThatThrownBy(() -> files.write(nowhere, old))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be written: there is no such file or folder");
        assertThat(names()).containsExactly("boot.bin");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
    }
}
