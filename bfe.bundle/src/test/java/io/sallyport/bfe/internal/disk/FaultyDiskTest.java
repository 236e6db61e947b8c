package io.sallyport.bfe.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.bfe.internal.disk.FaultyFileSystem.Fault;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Reduction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk that fails while it writes or syncs: the commit is refused, and the store is well again with the disk. */
class FaultyDiskTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void register() {
        FaultyFileSystem.register();
    }

    @AfterEach
    void heal() {
        FaultyFileSystem.failAt(Fault.NONE);
    }

    @ParameterizedTest
    @EnumSource(names = {"WRITE", "SYNC"})
    @Tag("TXN-4")
    void shouldRefuseWhileTheDiskFailsAndCommitOnceItWorks(Fault fault) throws Exception {
        PolicyState third = RandomPolicy.of(3, 20);
        try (PolicyStore store = PolicyStore.open(folder, FaultyFileSystem.SCHEME)) {
            store.commit(RandomPolicy.of(1, 20));
            FaultyFileSystem.failAt(fault);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> store.commit(RandomPolicy.of(2, 20)))
                        .isInstanceOf(IOException.class)
                        .hasStackTraceContaining("Input/output error");
            }
            FaultyFileSystem.failAt(Fault.NONE);
            store.commit(third);
            assertThat(store.load().revision()).isEqualTo(revision(third));
        }
        assertThat(reopened(folder)).isEqualTo(revision(third));
    }

    /** Whether what failed has reached the disk, nobody knows: it is there whole or not at all. */
    @ParameterizedTest
    @EnumSource(names = {"WRITE", "SYNC"})
    @Tag("TXN-4")
    void shouldLeaveNothingHalfWhenItDiesWhileTheDiskFails(Fault fault) throws Exception {
        PolicyState first = RandomPolicy.of(1, 20);
        PolicyState second = RandomPolicy.of(2, 20);
        Path left = Files.createDirectory(folder.resolve("left"));
        try (PolicyStore store = PolicyStore.open(folder, FaultyFileSystem.SCHEME)) {
            store.commit(first);
            FaultyFileSystem.failAt(fault);
            assertThatThrownBy(() -> store.commit(second)).isInstanceOf(IOException.class);
            for (String name : new String[] {PolicyStore.FILE, PolicyStore.SEAL}) {
                Files.copy(folder.resolve(name), left.resolve(name));
            }
        }
        assertThat(reopened(left)).isIn(revision(first), revision(second));
        if (fault == Fault.WRITE) {
            assertThat(reopened(left)).isEqualTo(revision(first));
        }
    }

    /** However opening fails, the file is closed: else it could not be opened again before the gateway ends. */
    @Test
    void shouldLeaveNothingLockedWhereverOpeningFails() throws Exception {
        PolicyState kept = RandomPolicy.of(1, 20);
        try (PolicyStore store = PolicyStore.open(folder)) {
            store.commit(kept);
        }
        int reads = 0;
        boolean isOpened = false;
        while (!isOpened) {
            FaultyFileSystem.failAtReadsBehind(reads++);
            try (PolicyStore store = PolicyStore.open(folder, FaultyFileSystem.SCHEME)) {
                store.load();
                isOpened = true;
            } catch (StoreDamagedException e) {
                FaultyFileSystem.failAt(Fault.NONE);
                assertThat(reopened(folder))
                        .as("after a failure at read %d", reads)
                        .isEqualTo(revision(kept));
            }
        }
        assertThat(reads).as("reads that can fail").isGreaterThan(4);
    }

    private static String reopened(Path folder) throws IOException {
        try (PolicyStore store = PolicyStore.open(folder)) {
            return store.load().revision();
        }
    }

    private static String revision(PolicyState policy) {
        return Reduction.outlivingBfe(policy).revision();
    }
}
