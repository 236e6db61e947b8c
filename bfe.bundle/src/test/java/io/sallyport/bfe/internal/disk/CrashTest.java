package io.sallyport.bfe.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that commits without pause is killed: what it said to be committed is there, and nothing half. */
class CrashTest {
    private static final int KILLS = 5;

    @TempDir
    Path folder;

    @Test
    @Tag("TXN-4")
    void shouldKeepWhatWasAcknowledgedAndNothingHalf() throws Exception {
        for (int kill = 1; kill <= KILLS; kill++) {
            int acknowledged = commitUntilKilled(7 * kill);
            try (PolicyStore store = PolicyStore.open(folder)) {
                PolicyState state = store.load();
                List<String> names =
                        state.filters().stream().map(it -> it.display().name()).toList();
                assertThat(names).hasSize(2);
                int there = Integer.parseInt(names.get(0));
                assertThat(names.get(1)).isEqualTo("twin of " + there);
                assertThat(there).isBetween(acknowledged, acknowledged + 1);
                assertThat(state.sets())
                        .singleElement()
                        .satisfies(it -> assertThat(it.entries().list()).containsExactly(entry(there)));
            }
        }
    }

    private static SetEntry entry(int number) {
        return new SetEntry(Integer.toString(number), false, 0, number, 0, number);
    }

    private int commitUntilKilled(int commits) throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Committer.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int last = 0;
        try (BufferedReader out = child.inputReader()) {
            String line = out.readLine();
            for (int i = 0; i < commits && line != null; i++) {
                last = Integer.parseInt(line);
                line = out.readLine();
            }
            // Not through the process, which would close its output.
            child.toHandle().destroyForcibly();
            // What it said before it died counts too.
            while (line != null) {
                last = Integer.parseInt(line);
                line = out.readLine();
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertThat(last).isPositive();
        return last;
    }

    /** Commits two filters and an edit of a set at a time, for ever; prints the number of each commit once it is safe. */
    static final class Committer {
        private Committer() {}

        public static void main(String[] args) throws Exception {
            try (PolicyStore store = PolicyStore.open(Path.of(args[0]))) {
                PolicyState state = store.load();
                int number = state.filters().stream()
                        .map(it -> it.display().name())
                        .filter(it -> it.matches("[0-9]+"))
                        .mapToInt(Integer::parseInt)
                        .max()
                        .orElse(0);
                while (true) {
                    number++;
                    Draft draft = new Draft(state, new SessionId(1, "test", false));
                    for (Filter old : state.filters()) {
                        draft.delete(ObjectType.FILTER, old.key());
                    }
                    draft.add(filter(Integer.toString(number)));
                    draft.add(filter("twin of " + number));
                    edit(draft, number);
                    state = draft.freeze();
                    store.commit(state);
                    System.out.println(number);
                }
            }
        }

        private static void edit(Draft draft, int number) throws PolicyException {
            for (PolicySet it : draft.freeze().sets()) {
                draft.editSet(it.key(), it.entries().list(), List.of(entry(number)));
                return;
            }
            SetEntries entries = SetEntries.EMPTY.edited(List.of(), List.of(entry(number)));
            draft.add(new PolicySet(new UUID(1, 1), DisplayData.of("set"), true, null, SetKind.ADDRESSES, entries));
        }

        private static Filter filter(String name) {
            return Filter.builder(name, Layer.STREAM_V4, ActionType.BLOCK)
                    .flags(FilterFlags.PERSISTENT)
                    .build();
        }
    }
}
