package io.sallyport.bfe.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Reduction;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.PolicyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store is opened from: its records, and nothing that its library has put beside them. */
class FreshFileTest {
    private static final Path FILE = Path.of(PolicyStore.FILE);
    private static final Path SEAL = Path.of(PolicyStore.SEAL);
    private static final Path FRESH = Path.of(PolicyStore.FILE + ".new");
    /** How the library says which pages of a chunk are of no use any more: as a hexadecimal set of bits. */
    private static final String OCCUPANCY = ",occupancy:";

    private static final SessionId SESSION = new SessionId(1, "test", false);

    @TempDir
    Path folder;

    @BeforeAll
    static void register() {
        FaultyFileSystem.register();
    }

    @AfterEach
    void heal() {
        FaultyFileSystem.failAt(FaultyFileSystem.Fault.NONE);
    }

    /**
     * As many pages are of no use as before, but others: the library notices nothing until a commit makes the rest of no use, too,
     * and refuses to open what that one has written.
     */
    @Test
    void shouldCommitToAStoreWhoseLibraryTookOtherPagesForUnused() throws Exception {
        String revision = makeStoreOfManyPages();
        byte[] store = Files.readAllBytes(folder.resolve(FILE));
        byte[] seal = Files.readAllBytes(folder.resolve(SEAL));
        String text = new String(store, StandardCharsets.ISO_8859_1);
        int opened = 0;
        for (int at = text.indexOf(OCCUPANCY); at >= 0; at = text.indexOf(OCCUPANCY, at + 1)) {
            for (int digit = at + OCCUPANCY.length(); Character.digit(text.charAt(digit), 16) >= 0; digit++) {
                for (char other : "0123456789abcdef".toCharArray()) {
                    if (isAsManyBits(other, text.charAt(digit))) {
                        byte[] damaged = store.clone();
                        damaged[digit] = (byte) other;
                        Files.write(folder.resolve(FILE), damaged);
                        Files.write(folder.resolve(SEAL), seal);
                        opened += opensAndIsOfUse(revision) ? 1 : 0;
                    }
                }
            }
        }
        assertThat(opened).as("stores that open").isGreaterThan(5);
    }

    private static boolean isAsManyBits(char one, char other) {
        return one != other
                && Integer.bitCount(Character.digit(one, 16)) == Integer.bitCount(Character.digit(other, 16));
    }

    /** False if it is refused, which is right as well. */
    private boolean opensAndIsOfUse(String revision) throws IOException {
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.load().revision()).isEqualTo(revision);
            store.commit(PolicyState.initial());
        } catch (StoreDamagedException e) {
            return false;
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.load().filters()).isEmpty();
        }
        return true;
    }

    @Test
    void shouldKeepRecordsAndHistory() throws Exception {
        String revision = makeStore();
        Object before = inode();
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(inode()).as("another file").isNotEqualTo(before);
            assertThat(store.history()).hasSize(4);
            assertThat(store.at(store.newest() - 2).revision()).isEqualTo(revision(RandomPolicy.of(2, 30)));
            assertThat(store.load().revision()).isEqualTo(revision);
        }
        assertThat(folder.resolve(FRESH)).doesNotExist();
    }

    @Test
    void shouldUseTheOldFileWhereThereIsNoRoomForAFreshOne() throws Exception {
        String revision = makeStore();
        // In the way of the fresh one.
        Files.createDirectories(folder.resolve(FRESH).resolve("full"));
        PolicyState next = RandomPolicy.of(10, 30);
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.load().revision()).isEqualTo(revision);
            store.commit(next);
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.load().revision()).isEqualTo(revision(next));
        }
    }

    @Test
    void shouldUseTheOldFileWhileTheDiskFails() throws Exception {
        String revision = makeStore();
        byte[] before = Files.readAllBytes(folder.resolve(FILE));
        FaultyFileSystem.failAt(FaultyFileSystem.Fault.SYNC);
        try (PolicyStore store = PolicyStore.open(folder, FaultyFileSystem.SCHEME)) {
            assertThat(store.load().revision()).isEqualTo(revision);
            assertThat(Files.readAllBytes(folder.resolve(FILE))).isEqualTo(before);
            assertThat(folder.resolve(FRESH)).doesNotExist();
            FaultyFileSystem.failAt(FaultyFileSystem.Fault.NONE);
        }
    }

    @Test
    void shouldTakeNoNoticeOfWhatACrashHasLeft() throws Exception {
        String revision = makeStore();
        Files.write(folder.resolve(FRESH), new byte[10_000]);
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.load().revision()).isEqualTo(revision);
        }
        assertThat(folder.resolve(FRESH)).doesNotExist();
    }

    private Object inode() throws IOException {
        return Files.readAttributes(folder.resolve(FILE), BasicFileAttributes.class)
                .fileKey();
    }

    /** One whose last commits changed a few pages of many, closed by nobody. */
    private String makeStoreOfManyPages() throws Exception {
        Draft load = new Draft(PolicyState.initial(), SESSION);
        for (int i = 0; i < 300; i++) {
            load.add(filter("filter " + i));
        }
        PolicyState state = load.freeze();
        Path live = Files.createDirectories(folder.resolve("live"));
        try (PolicyStore store = PolicyStore.open(live)) {
            store.commit(state);
            for (String name : List.of("the last but one", "the last one")) {
                Draft more = new Draft(state, SESSION);
                more.add(filter(name));
                state = more.freeze();
                store.commit(state);
            }
            takeFrom(live);
        }
        return revision(state);
    }

    private static Filter filter(String name) throws PolicyException {
        return Filter.builder(name, Layer.ALE_AUTH_CONNECT_V4, ActionType.BLOCK)
                .flags(FilterFlags.PERSISTENT)
                .build();
    }

    private void takeFrom(Path live) throws IOException {
        for (Path name : List.of(FILE, SEAL)) {
            Files.copy(live.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A store with some history, closed by nobody: as a killed process leaves it. */
    private String makeStore() throws Exception {
        PolicyState last = RandomPolicy.of(9, 30);
        Path live = Files.createDirectories(folder.resolve("live"));
        try (PolicyStore store = PolicyStore.open(live)) {
            for (int seed = 1; seed < 4; seed++) {
                store.commit(RandomPolicy.of(seed, 30));
            }
            store.commit(last);
            takeFrom(live);
        }
        return revision(last);
    }

    private static String revision(PolicyState policy) {
        return Reduction.outlivingBfe(policy).revision();
    }
}
