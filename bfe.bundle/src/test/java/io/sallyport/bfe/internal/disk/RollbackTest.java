package io.sallyport.bfe.internal.disk;

import static io.sallyport.bfe.internal.disk.IncrementalStoreTest.changed;
import static io.sallyport.bfe.internal.disk.IncrementalStoreTest.requireEqual;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.PolicyDifference.Kind;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.KeptPart;
import io.sallyport.bfe.internal.store.Lifetime;
import io.sallyport.bfe.internal.store.PolicyDiffer;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Reduction;
import io.sallyport.bfe.internal.store.Rollback;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random ways forward and back: what outlives the BFE is what it was, and no object refers to nothing. */
class RollbackTest {
    private static final SessionId SESSION = new SessionId(9, "test", false);
    private static final int WALKS = 40;
    private static final int STEPS = 8;

    @TempDir
    private Path folder;

    @Test
    void shouldMakeWhatIsKeptWhatItWas() throws Exception {
        Random random = new Random(11);
        try (PolicyStore store = PolicyStore.open(folder)) {
            PolicyState current = RandomPolicy.of(2, 10);
            store.commit(current);
            List<PolicyState> revisions = new ArrayList<>(List.of(PolicyState.initial(), current));
            for (int walk = 0; walk < WALKS; walk++) {
                for (int step = 0; step < STEPS; step++) {
                    current = changed(current, random);
                    if (store.commit(current)) {
                        revisions.add(current);
                    }
                }
                int back = revisions.size() - 1 - random.nextInt(2 * STEPS);
                PolicyState target = revisions.get(Math.max(1, back));
                PolicyState result = Rollback.draft(current, store.at(Math.max(1, back)), SESSION)
                        .freeze();
                requireEqual(Reduction.outlivingBfe(result), Reduction.outlivingBfe(target));
                requireWhole(result, current);
                current = result;
                if (store.commit(current)) {
                    revisions.add(current);
                }
            }
        }
    }

    /** Everything that others refer to is there, ids are unique, and only what refers to what is gone went along. */
    private static void requireWhole(PolicyState result, PolicyState before) throws PolicyException {
        Set<Long> ids = new HashSet<>();
        for (Filter it : result.filters()) {
            assertThat(ids.add(it.id())).as("id of %s", it).isTrue();
            requireThere(it.provider() == null || result.provider(it.provider()) != null, it);
            requireThere(it.sublayer() == null || result.sublayer(it.sublayer()) != null, it);
            requireThere(hasSetsOf(it, result), it);
        }
        for (Filter it : before.filters()) {
            boolean isStatic = !KeptPart.has(before.filterLifetime(it.key()));
            boolean isWhole = (it.provider() == null || result.provider(it.provider()) != null)
                    && (it.sublayer() == null || result.sublayer(it.sublayer()) != null)
                    && hasSetsOf(it, result);
            if (isStatic && isWhole) {
                assertThat(result.filter(it.key())).as("%s stays", it).isNotNull();
            }
        }
        // A draft of it works: what is referred to is counted right.
        Draft draft = new Draft(result, SESSION);
        for (Filter it : List.copyOf(result.filters())) {
            draft.delete(ObjectType.FILTER, it.key());
        }
        for (var it : List.copyOf(result.storedSublayers())) {
            if (it.lifetime() != Lifetime.BUILT_IN) {
                draft.delete(ObjectType.SUBLAYER, it.object().key());
            }
        }
        for (PolicySet it : List.copyOf(result.sets())) {
            draft.delete(ObjectType.SET, it.key());
        }
        assertThat(draft.freeze().filters()).isEmpty();
    }

    private static boolean hasSetsOf(Filter filter, PolicyState state) {
        return filter.conditions().stream()
                .allMatch(it -> !(it.value() instanceof Value.InSet named) || state.set(named.set()) != null);
    }

    private static void requireThere(boolean isThere, Filter by) {
        assertThat(isThere).as("what %s refers to", by).isTrue();
    }

    @Test
    void shouldTellNoDifferenceOfEqualPoliciesAndEveryObjectOfOthers() throws Exception {
        Random random = new Random(3);
        PolicyState one = Reduction.outlivingBfe(RandomPolicy.of(2, 30));
        assertThat(PolicyDiffer.difference(1, one, 2, Reduction.outlivingBfe(RandomPolicy.of(2, 30)))
                        .objects())
                .isEmpty();
        PolicyState other = changed(one, random);
        Set<Object> gone = new HashSet<>(keys(one));
        gone.removeAll(keys(other));
        Set<Object> come = new HashSet<>(keys(other));
        come.removeAll(keys(one));
        var objects = PolicyDiffer.difference(1, one, 2, other).objects();
        assertThat(objects.stream().filter(it -> it.kind() == Kind.ADDED).map(it -> (Object) it.key()))
                .containsExactlyInAnyOrderElementsOf(come);
        assertThat(objects.stream().filter(it -> it.kind() == Kind.REMOVED).map(it -> (Object) it.key()))
                .containsExactlyInAnyOrderElementsOf(gone);
    }

    private static Set<Object> keys(PolicyState state) {
        Set<Object> keys = new HashSet<>();
        state.filters().forEach(it -> keys.add(it.key()));
        state.providers().forEach(it -> keys.add(it.key()));
        state.sublayers().forEach(it -> keys.add(it.key()));
        state.callouts().forEach(it -> keys.add(it.key()));
        state.providerContexts().forEach(it -> keys.add(it.key()));
        state.sets().forEach(it -> keys.add(it.key()));
        return keys;
    }
}
