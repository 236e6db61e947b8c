package io.sallyport.bfe.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Reduction;
import io.sallyport.policy.PolicyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyStoreTest {
    private static final String FILE = PolicyStore.FILE;
    private static final String SEAL = "policy.seal";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @Tag("LIFE-4")
    void shouldReadBackWhatOutlivesTheBfe(long seed) throws Exception {
        PolicyState policy = RandomPolicy.of(seed, 40);
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.isNew()).isTrue();
            store.commit(policy);
            assertThat(store.isNew()).isFalse();
        }
        PolicyState kept = Reduction.outlivingBfe(policy);
        try (PolicyStore store = PolicyStore.open(folder)) {
            PolicyState read = store.load();
            assertThat(read.filters()).containsExactlyElementsOf(kept.filters());
            assertThat(read.providers()).containsExactlyElementsOf(kept.providers());
            assertThat(read.sublayers()).containsExactlyElementsOf(kept.sublayers());
            assertThat(read.callouts()).containsExactlyElementsOf(kept.callouts());
            assertThat(read.providerContexts()).containsExactlyElementsOf(kept.providerContexts());
            assertThat(read.revision()).isEqualTo(kept.revision());
            read.callouts().forEach(it -> assertThat(read.ownersOf(it)).isEqualTo(kept.ownersOf(it)));
            read.sublayers().forEach(it -> assertThat(read.askedWeightOf(it)).isEqualTo(kept.askedWeightOf(it)));
        }
    }

    @Test
    void shouldWriteNothingForTheSamePolicy() throws Exception {
        PolicyState policy = RandomPolicy.of(1, 5);
        try (PolicyStore store = PolicyStore.open(folder)) {
            store.commit(policy);
            String seal = seal();
            store.commit(policy);
            assertThat(seal()).isEqualTo(seal);
            store.commit(RandomPolicy.of(2, 5));
            assertThat(seal()).isNotEqualTo(seal);
        }
    }

    @Test
    void shouldRefuseEveryBitThatWasTurnedInTheStoreOrNotMind() throws Exception {
        String revision = makeStore();
        byte[] original = Files.readAllBytes(folder.resolve(FILE));
        Random random = new Random(42);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            byte[] damaged = original.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(folder.resolve(FILE), damaged);
            refused += isRefusedOrSame(revision) ? 1 : 0;
            assertThat(Files.readAllBytes(folder.resolve(FILE))).hasSizeGreaterThan(0);
        }
        assertThat(refused).isPositive();
    }

    @Test
    void shouldRefuseEveryBitThatWasTurnedInTheSeal() throws Exception {
        makeStore();
        byte[] original = Files.readAllBytes(folder.resolve(SEAL));
        for (int bit = 0; bit < 8 * original.length; bit++) {
            byte[] damaged = original.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(folder.resolve(SEAL), damaged);
            assertThatThrownBy(() -> PolicyStore.open(folder)).isInstanceOf(StoreDamagedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 0.999})
    void shouldRefuseAFileThatWasCutOff(double part) throws Exception {
        String revision = makeStore();
        byte[] original = Files.readAllBytes(folder.resolve(FILE));
        Files.write(folder.resolve(FILE), java.util.Arrays.copyOf(original, (int) (part * original.length)));
        // The end of the file may be free space: cut off, it is missed by nobody.
        assertThat(isRefusedOrSame(revision) || part > 0.5).isTrue();
    }

    @Test
    void shouldRefuseAnOlderRevisionAndLeaveTheFileAlone() throws Exception {
        Path file = folder.resolve(FILE);
        Path old = folder.resolve("old");
        try (PolicyStore store = PolicyStore.open(folder)) {
            store.commit(RandomPolicy.of(1, 5));
            Files.copy(file, old);
            store.commit(RandomPolicy.of(2, 5));
        }
        Files.copy(old, file, StandardCopyOption.REPLACE_EXISTING);
        byte[] before = Files.readAllBytes(file);

        assertThatThrownBy(() -> PolicyStore.open(folder))
                .isInstanceOf(StoreDamagedException.class)
                .hasMessageContaining("revision 1, but the newest one is 2");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void shouldAcceptARevisionWhoseSealIsOneBehind() throws Exception {
        PolicyState second = RandomPolicy.of(2, 5);
        try (PolicyStore store = PolicyStore.open(folder)) {
            store.commit(RandomPolicy.of(1, 5));
            Files.copy(folder.resolve(SEAL), folder.resolve("old"));
            store.commit(second);
        }
        Files.copy(folder.resolve("old"), folder.resolve(SEAL), StandardCopyOption.REPLACE_EXISTING);
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.load().revision())
                    .isEqualTo(Reduction.outlivingBfe(second).revision());
        }
        assertThat(seal()).startsWith("sallyport-store 1 2 ");
    }

    @Test
    void shouldChangeNothingWhenACommitFails() throws Exception {
        PolicyState first = RandomPolicy.of(1, 5);
        PolicyState second = RandomPolicy.of(2, 5);
        Path obstacle = folder.resolve(SEAL + ".new");
        try (PolicyStore store = PolicyStore.open(folder)) {
            store.commit(first);
            Files.createDirectory(obstacle);
            assertThatThrownBy(() -> store.commit(second)).isInstanceOf(IOException.class);
            Files.delete(obstacle);
            store.commit(RandomPolicy.of(3, 5));
            store.commit(first);
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.load().revision())
                    .isEqualTo(Reduction.outlivingBfe(first).revision());
        }
    }

    @Test
    void shouldSurviveAFullDisk() throws Exception {
        Path small = Files.createDirectory(folder.resolve("small"));
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", small.toString()),
                "needs the right to mount a small file system");
        try {
            PolicyState first = RandomPolicy.of(1, 5);
            try (PolicyStore store = PolicyStore.open(small)) {
                store.commit(first);
                assertThatThrownBy(() -> store.commit(RandomPolicy.of(2, 2_000)))
                        .isInstanceOf(IOException.class);
                assertThat(store.load().revision())
                        .isEqualTo(Reduction.outlivingBfe(first).revision());
                store.commit(RandomPolicy.of(3, 5));
            }
            try (PolicyStore store = PolicyStore.open(small)) {
                assertThat(store.load().revision())
                        .isEqualTo(Reduction.outlivingBfe(RandomPolicy.of(3, 5)).revision());
            }
        } finally {
            run("umount", small.toString());
        }
    }

    @Test
    void shouldStaySmallOverManyCommits() throws Exception {
        PolicyState one = RandomPolicy.withoutSets(1, 20);
        PolicyState other = RandomPolicy.withoutSets(2, 20);
        long largest = 0;
        long data;
        try (PolicyStore store = PolicyStore.open(folder)) {
            for (int i = 0; i < 200; i++) {
                store.commit(i % 2 == 0 ? one : other);
                largest = Math.max(largest, Files.size(folder.resolve(FILE)));
            }
            data = store.recordBytes() + store.historyBytes();
            assertThat(largest).isLessThan(6 * data);
            while (store.tidy()) {
                assertThat(Files.size(folder.resolve(FILE))).isLessThan(8 * data);
            }
            assertThat(Files.size(folder.resolve(FILE))).isLessThan(3 * data);
        }
        assertThat(Files.size(folder.resolve(FILE))).isLessThan(3 * data);
    }

    @Test
    void shouldBeginAnewWhenTheFileWasMovedAway() throws Exception {
        makeStore();
        assertThat(PolicyStore.isGone(folder)).isFalse();
        Files.delete(folder.resolve(FILE));
        assertThat(PolicyStore.isGone(folder)).isTrue();
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.isNew()).isTrue();
            store.commit(RandomPolicy.of(1, 5));
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.isNew()).isFalse();
        }
    }

    /** A store with some history, closed by nobody: as a killed process leaves it. */
    private String makeStore() throws IOException, PolicyException {
        PolicyState last = RandomPolicy.of(9, 30);
        Path live = Files.createDirectories(folder.resolve("live"));
        try (PolicyStore store = PolicyStore.open(live)) {
            for (int seed = 1; seed < 4; seed++) {
                store.commit(RandomPolicy.of(seed, 30));
            }
            store.commit(last);
            Files.copy(live.resolve(FILE), folder.resolve(FILE), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(live.resolve(SEAL), folder.resolve(SEAL), StandardCopyOption.REPLACE_EXISTING);
        }
        return Reduction.outlivingBfe(last).revision();
    }

    private boolean isRefusedOrSame(String revision) throws IOException {
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.load().revision()).isEqualTo(revision);
            return false;
        } catch (StoreDamagedException e) {
            return true;
        }
    }

    private String seal() throws IOException {
        return Files.readString(folder.resolve(SEAL), StandardCharsets.ISO_8859_1);
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(List.of(command))
                        .redirectErrorStream(true)
                        .start()
                        .waitFor()
                == 0;
    }
}
