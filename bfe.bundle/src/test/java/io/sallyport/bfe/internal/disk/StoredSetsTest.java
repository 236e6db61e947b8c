package io.sallyport.bfe.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.internal.file.EntryParser;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets come back from disk exactly as they were written, and an edit writes what it changes. */
class StoredSetsTest {
    private static final SessionId SESSION = new SessionId(1, "test", false);
    private static final UUID SET = new UUID(1, 2);

    @TempDir
    Path folder;

    private static PolicyState withSet(List<SetEntry> entries) throws Exception {
        Draft draft = new Draft(PolicyState.initial(), SESSION);
        draft.add(new PolicySet(
                SET, DisplayData.of("s"), true, null, SetKind.PORTS, SetEntries.EMPTY.edited(List.of(), entries)));
        draft.add(Filter.builder("f", Layer.ALE_AUTH_CONNECT_V4, ActionType.BLOCK)
                .flags(FilterFlags.PERSISTENT)
                .when(new Condition(Field.IP_REMOTE_PORT, MatchType.NOT_EQUAL, new Value.InSet(SET, SetKind.PORTS)))
                .build());
        return draft.freeze();
    }

    private static SetEntry port(int number) throws Exception {
        return EntryParser.parse(SetKind.PORTS, List.of(number + "-" + (number + 1)))
                .get(0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldReadBackAfterRandomEdits(long seed) throws Exception {
        Random random = new Random(seed);
        List<SetEntry> model = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            model.add(port(i * 2));
        }
        PolicyState state = withSet(model);
        PolicyStore store = PolicyStore.open(folder);
        store.commit(state);
        for (int commit = 0; commit < 20; commit++) {
            Draft draft = new Draft(state, SESSION);
            SetEntry gone = model.remove(random.nextInt(model.size()));
            SetEntry fresh = port(1_001 + 2 * commit);
            model.add(fresh);
            draft.editSet(SET, List.of(gone), List.of(fresh));
            state = draft.freeze();
            store.commit(state);
            if (commit % 5 == 4) {
                store.close();
                store = PolicyStore.open(folder);
                PolicyState read = store.load();
                assertThat(read.revision()).isEqualTo(state.revision());
                assertThat(read.set(SET).entries().list()).containsExactlyInAnyOrderElementsOf(model);
                assertThat(read.filters()).containsExactlyElementsOf(state.filters());
                state = read;
            }
        }
        store.close();
    }

    @Test
    void shouldWriteOneRecordForOneEntry() throws Exception {
        List<SetEntry> entries = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            entries.add(port(i));
        }
        PolicyState before = withSet(entries);
        Draft draft = new Draft(before, SESSION);
        draft.editSet(SET, List.of(), List.of(port(5_000)));
        var changes = new ObjectRecords().changes(draft.freeze(), before, key -> null);
        assertThat(changes.keySet().stream().filter(it -> it.startsWith("ENTRY/")))
                .hasSize(1);
        assertThat(changes.keySet()).noneMatch(it -> it.startsWith("FILTER/"));
    }
}
