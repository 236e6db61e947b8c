package io.sallyport.bfe.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Reduction;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commits write what they change; what is read back is all there was, in its order. */
class IncrementalStoreTest {
    private static final String FILE = PolicyStore.FILE;
    private static final SessionId SESSION = new SessionId(1, "test", false);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @Tag("TXN-4")
    void shouldReadBackEachOfManyRandomCommits(long seed) throws Exception {
        Random random = new Random(seed);
        PolicyStore store = PolicyStore.open(folder);
        PolicyState state = PolicyState.initial();
        for (int commit = 0; commit < 60; commit++) {
            PolicyState next = changed(state, random);
            if (random.nextInt(6) == 0) {
                requireFailure(store, RandomPolicy.of(commit, 3));
            }
            store.commit(next);
            state = next;
            if (random.nextInt(4) == 0) {
                store.tidy();
            }
            if (random.nextInt(3) == 0) {
                store.close();
                store = PolicyStore.open(folder);
                PolicyState read = store.load();
                requireEqual(read, Reduction.outlivingBfe(state));
                // Either may be what the next transaction starts from.
                state = random.nextBoolean() ? read : state;
            }
        }
        store.close();
    }

    @Test
    void shouldKeepTheRevisionThatFailedIfItIsOnDiskAfterAll() throws Exception {
        Random random = new Random(7);
        PolicyState first = changed(PolicyState.initial(), random);
        PolicyState second = RandomPolicy.of(2, 5);
        Path other = Files.createDirectory(folder.resolve("other"));
        try (PolicyStore store = PolicyStore.open(other)) {
            store.commit(first);
            store.commit(second);
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            store.commit(first);
            requireFailure(store, second);
            // As if the failed commit had reached the disk before it failed.
            Files.copy(other.resolve(FILE), folder.resolve(FILE), StandardCopyOption.REPLACE_EXISTING);
            PolicyState third = changed(first, random);
            store.commit(third);
            requireEqual(store.load(), Reduction.outlivingBfe(third));
        }
    }

    @Test
    void shouldRefuseARecordOfTheFirstFormatThatIsMissing() throws Exception {
        FirstFormat.copyTo(folder);
        try (MVStore file = MVStore.open(folder.resolve(FILE).toString())) {
            MVMap<String, byte[]> records = records(file, "records");
            records.remove(records.firstKey());
        }
        assertThatThrownBy(() -> PolicyStore.open(folder)).isInstanceOf(StoreDamagedException.class);
    }

    @Test
    void shouldRefuseAFormatOfTheFuture() throws Exception {
        FirstFormat.copyTo(folder);
        try (MVStore file = MVStore.open(folder.resolve(FILE).toString())) {
            byte[] head = new RecordWriter().i32(3).i64(1).text("").text("").done();
            records(file, "head").put("revision", head);
        }
        assertThatThrownBy(() -> PolicyStore.open(folder))
                .isInstanceOf(StoreDamagedException.class)
                .hasMessageContaining("format 3");
    }

    @Test
    void shouldStayWithinThreeTimesTheDataWhenTidiedBetweenCommits() throws Exception {
        long data;
        try (PolicyStore store = PolicyStore.open(folder)) {
            Draft load = new Draft(PolicyState.initial(), SESSION);
            for (int i = 0; i < 10_000; i++) {
                load.add(filter("filter " + i));
            }
            PolicyState state = load.freeze();
            store.commit(state);
            List<Filter> all = new ArrayList<>(state.filters());
            Random random = new Random(3);
            for (int i = 0; i < 250; i++) {
                Draft draft = new Draft(state, SESSION);
                int victim = random.nextInt(all.size());
                draft.delete(ObjectType.FILTER, all.get(victim).key());
                all.set(victim, draft.add(filter("newer " + i)));
                state = draft.freeze();
                store.commit(state);
                while (store.tidy()) {
                    // One step after the other.
                }
            }
            assertThat(Files.size(folder.resolve(FILE))).isLessThan(3 * store.recordBytes());
            requireEqual(store.load(), state);
            data = store.recordBytes() + store.historyBytes();
        }
        assertThat(Files.size(folder.resolve(FILE))).isLessThan(3 * data);
    }

    static void requireEqual(PolicyState read, PolicyState kept) {
        assertThat(read.filters()).containsExactlyElementsOf(kept.filters());
        assertThat(read.providers()).containsExactlyElementsOf(kept.providers());
        assertThat(read.sublayers()).containsExactlyElementsOf(kept.sublayers());
        assertThat(read.callouts()).containsExactlyElementsOf(kept.callouts());
        assertThat(read.providerContexts()).containsExactlyElementsOf(kept.providerContexts());
        assertThat(read.sets()).containsExactlyElementsOf(kept.sets());
        assertThat(read.revision()).isEqualTo(kept.revision());
        read.callouts().forEach(it -> assertThat(read.ownersOf(it)).isEqualTo(kept.ownersOf(it)));
    }

    /** A commit that fails before anything is written. */
    private void requireFailure(PolicyStore store, PolicyState next) throws IOException {
        Path obstacle = Files.createDirectory(folder.resolve(PolicyStore.SEAL + ".new.dir"));
        Path seal = folder.resolve(PolicyStore.SEAL + ".new");
        Files.deleteIfExists(seal);
        Files.move(obstacle, seal);
        try {
            assertThatThrownBy(() -> store.commit(next)).isInstanceOf(IOException.class);
        } finally {
            Files.delete(seal);
        }
    }

    /** Some objects less, some more, one of them new under an old key. */
    static PolicyState changed(PolicyState base, Random random) throws PolicyException {
        Draft draft = new Draft(base, SESSION);
        for (Filter it : List.copyOf(base.filters())) {
            if (random.nextInt(5) == 0) {
                draft.delete(ObjectType.FILTER, it.key());
                if (random.nextInt(4) == 0) {
                    draft.add(Filter.builder("again", Layer.STREAM_V4, ActionType.PERMIT)
                            .key(it.key())
                            .flags(FilterFlags.PERSISTENT)
                            .build());
                }
            }
        }
        Provider provider = draft.add(new Provider(uuid(random), name(random), random.nextBoolean(), null, Map.of()));
        Sublayer sublayer = draft.add(
                new Sublayer(uuid(random), name(random), provider.isPersistent(), provider.key(), random.nextInt(9)));
        for (int i = random.nextInt(8); i >= 0; i--) {
            int flags = provider.isPersistent() && random.nextBoolean() ? FilterFlags.PERSISTENT : 0;
            draft.add(Filter.builder(name(random).name(), Layer.STREAM_V4, ActionType.BLOCK)
                    .flags(flags)
                    .provider(provider.key())
                    .sublayer(sublayer.key())
                    .build());
        }
        changeSets(draft, random);
        return draft.freeze();
    }

    /** Some sets gone that nobody names, others edited, a new one that a filter names, and one in the place of another. */
    private static void changeSets(Draft draft, Random random) throws PolicyException {
        for (PolicySet it : List.copyOf(draft.freeze().sets())) {
            boolean isNamed = draft.freeze().filters().stream()
                    .flatMap(filter -> filter.conditions().stream())
                    .anyMatch(condition -> condition.value() instanceof Value.InSet named
                            && named.set().equals(it.key()));
            if (random.nextInt(3) == 0) {
                List<SetEntry> gone = it.entries().list().stream()
                        .filter(entry -> random.nextInt(4) == 0)
                        .toList();
                SetEntry come = port(random);
                boolean isThere = it.entries().has(come) && !gone.contains(come);
                draft.editSet(it.key(), gone, isThere ? List.of() : List.of(come));
            } else if (!isNamed && random.nextBoolean()) {
                draft.delete(ObjectType.SET, it.key());
                if (random.nextBoolean()) {
                    SetEntries entries = SetEntries.EMPTY.edited(List.of(), List.of(port(random)));
                    draft.add(new PolicySet(it.key(), name(random), true, null, SetKind.PORTS, entries));
                }
            }
        }
        boolean isPersistent = random.nextInt(4) > 0;
        List<SetEntry> entries = List.of(port(random), port(random));
        PolicySet set = draft.add(new PolicySet(
                uuid(random),
                name(random),
                isPersistent,
                null,
                SetKind.PORTS,
                SetEntries.EMPTY.edited(List.of(), entries)));
        draft.add(Filter.builder(name(random).name(), Layer.ALE_AUTH_CONNECT_V4, ActionType.BLOCK)
                .flags(isPersistent ? FilterFlags.PERSISTENT : 0)
                .when(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, new Value.InSet(set.key(), SetKind.PORTS)))
                .build());
    }

    private static SetEntry port(Random random) {
        int first = random.nextInt(65_000);
        int last = first + random.nextInt(2);
        return new SetEntry(first == last ? "" + first : first + "-" + last, false, 0, first, 0, last);
    }

    static MVMap<String, byte[]> records(MVStore file, String name) {
        return file.openMap(
                name,
                new MVMap.Builder<String, byte[]>()
                        .keyType(StringDataType.INSTANCE)
                        .valueType(ByteArrayDataType.INSTANCE));
    }

    private static Filter filter(String name) {
        return Filter.builder(name, Layer.STREAM_V4, ActionType.BLOCK)
                .flags(FilterFlags.PERSISTENT)
                .build();
    }

    private static DisplayData name(Random random) {
        return DisplayData.of("object " + random.nextInt());
    }

    private static UUID uuid(Random random) {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
