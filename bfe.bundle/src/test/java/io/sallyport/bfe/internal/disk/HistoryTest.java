package io.sallyport.bfe.internal.disk;

import static io.sallyport.bfe.internal.disk.IncrementalStoreTest.changed;
import static io.sallyport.bfe.internal.disk.IncrementalStoreTest.requireEqual;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.bfe.api.PolicyHistory;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Reduction;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The revisions in the store, against a list of all policies that were committed. */
class HistoryTest {
    private static final int COMMITS = PolicyHistory.MOST_REVISIONS + 20;
    private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");

    @TempDir
    private Path folder;

    private final Random random = new Random(5);
    private final List<PolicyState> committed = new ArrayList<>();

    /** The state before the first commit has the number 0. */
    @BeforeEach
    void begin() {
        committed.add(PolicyState.initial());
    }

    private void commit(PolicyStore store) throws Exception {
        PolicyState next = changed(committed.get(committed.size() - 1), random);
        int number = committed.size();
        CommitNote note =
                new CommitNote(NOON.plusSeconds(number), "user:alice (admin)", "test", "c" + number, number, 2, 0);
        if (store.commit(next, note)) {
            committed.add(next);
        }
    }

    @Test
    void shouldFindEachRevisionAsItWasAlsoAfterARestart() throws Exception {
        try (PolicyStore store = PolicyStore.open(folder)) {
            for (int i = 0; i < 30; i++) {
                commit(store);
            }
            requireAll(store, 0);
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            store.load();
            requireAll(store, 0);
            commit(store);
            requireAll(store, 0);
            assertThat(store.isReachable(committed.size())).isFalse();
        }
    }

    @Test
    void shouldKeepTheNewestOnly() throws Exception {
        try (PolicyStore store = PolicyStore.open(folder)) {
            while (committed.size() <= COMMITS) {
                commit(store);
            }
            int oldest = COMMITS - PolicyHistory.MOST_REVISIONS + 1;
            assertThat(store.history()).hasSize(PolicyHistory.MOST_REVISIONS);
            assertThat(store.history().get(0).number()).isEqualTo(oldest);
            assertThat(store.isReachable(oldest - 1)).isTrue();
            assertThat(store.isReachable(oldest - 2)).isFalse();
            requireAll(store, oldest - 1);
        }
    }

    @Test
    void shouldSayWhoDidWhatAndWhen() throws Exception {
        try (PolicyStore store = PolicyStore.open(folder)) {
            // A commit of nothing but what dies with the BFE is none of the history.
            while (committed.size() <= 2) {
                commit(store);
            }
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            Revision second = store.history().get(1);
            assertThat(second.number()).isEqualTo(2);
            assertThat(second.name()).isEqualTo(committed.get(2).revision());
            assertThat(second.note())
                    .isEqualTo(new CommitNote(NOON.plusSeconds(2), "user:alice (admin)", "test", "c2", 2, 2, 0));
        }
    }

    @Test
    void shouldRememberWhatWaitsForAConfirmation() throws Exception {
        PolicyState next = RandomPolicy.of(3, 4);
        try (PolicyStore store = PolicyStore.open(folder)) {
            store.commit(RandomPolicy.of(1, 4));
            store.commit(next, new CommitNote(NOON, "user:alice (admin)", "test", "", 1, 1, 60_000));
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            Pending pending = store.pending();
            assertThat(pending).isEqualTo(new Pending(NOON, 60_000));
            assertThat(pending.left(NOON.plusSeconds(20))).isEqualTo(Duration.ofSeconds(40));
            assertThat(pending.left(NOON.plusSeconds(61))).isZero();
            assertThat(pending.left(NOON.minusSeconds(3_600)))
                    .as("the clock was set back")
                    .isEqualTo(Duration.ofSeconds(60));
            store.confirm();
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.pending()).isNull();
            assertThat(store.newest()).isEqualTo(2);
            requireEqual(store.load(), Reduction.outlivingBfe(next));
        }
    }

    /** An id is never given twice, so that what comes back finds its own free. */
    @Test
    void shouldRememberWhichIdsWereGiven() throws Exception {
        PolicyState first = RandomPolicy.of(1, 40);
        Draft draft = new Draft(first, new SessionId(1, "test", false));
        for (Filter it : List.copyOf(first.filters())) {
            draft.delete(ObjectType.FILTER, it.key());
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            store.commit(first);
            store.commit(draft.freeze());
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            assertThat(store.load().filters()).isEmpty();
            assertThat(store.load().counters()).isEqualTo(first.counters());
            assertThat(store.at(1).counters()).isEqualTo(first.counters());
        }
    }

    @Test
    void shouldRefuseAHistoryWithAHole() throws Exception {
        damage(history -> history.remove(3L));
    }

    @Test
    void shouldRefuseAHistoryWithoutItsEnd() throws Exception {
        damage(history -> history.remove(history.lastKey()));
    }

    @Test
    void shouldRefuseAHistoryThatIsMissing() throws Exception {
        damage(MVMap::clear);
    }

    @Test
    void shouldRefuseADamagedRevision() throws Exception {
        damage(history -> {
            byte[] record = history.get(2L).clone();
            record[record.length / 2] ^= 1;
            history.put(2L, record);
        });
    }

    @Test
    void shouldRefuseARevisionThatIsAnothers() throws Exception {
        damage(history -> history.put(2L, history.get(3L)));
    }

    /** A change of the history behind the store's back. */
    private interface Damage {
        void to(MVMap<Long, byte[]> history);
    }

    private void damage(Damage damage) throws Exception {
        try (PolicyStore store = PolicyStore.open(folder)) {
            for (int i = 0; i < 5; i++) {
                commit(store);
            }
        }
        try (MVStore file = MVStore.open(folder.resolve(PolicyStore.FILE).toString())) {
            damage.to(file.openMap(
                    "history",
                    new MVMap.Builder<Long, byte[]>()
                            .keyType(LongDataType.INSTANCE)
                            .valueType(ByteArrayDataType.INSTANCE)));
        }
        assertThatThrownBy(() -> PolicyStore.open(folder)).isInstanceOf(StoreDamagedException.class);
    }

    private void requireAll(PolicyStore store, int first) throws IOException {
        for (int number = first; number < committed.size(); number++) {
            requireEqual(store.at(number), Reduction.outlivingBfe(committed.get(number)));
        }
    }
}
