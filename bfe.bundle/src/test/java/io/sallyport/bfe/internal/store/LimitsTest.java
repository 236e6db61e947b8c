package io.sallyport.bfe.internal.store;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.store.Samples.STATIC;
import static io.sallyport.bfe.internal.store.Samples.callout;
import static io.sallyport.bfe.internal.store.Samples.name;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.layer.Layer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How much fits. Sublayers, which run out of weights, are in {@link ObjectsTest}. */
class LimitsTest {
    private static final int MOST_CALLOUTS = 100_000;

    private final Draft draft = new Draft(PolicyState.initial(), STATIC);

    @Test
    @Tag("OBJ-15")
    void shouldRefuseACalloutWhenThereAreAsManyAsMayBe() throws PolicyException {
        CalloutObject first = draft.add(callout(Layer.STREAM_V4, 0, null));
        while (draft.tables.callouts.size() < MOST_CALLOUTS) {
            draft.add(callout(Layer.STREAM_V4, 0, null));
        }

        assertRefused(WfpError.TOO_MANY_CALLOUTS, () -> draft.add(callout(Layer.STREAM_V4, 0, null)));
        assertRefused(WfpError.TOO_MANY_CALLOUTS, () -> draft.addOrShare(callout(Layer.STREAM_V4, 0, null)));
        assertThat(draft.tables.callouts.size()).isEqualTo(MOST_CALLOUTS);
        draft.delete(ObjectType.CALLOUT, first.key());
        draft.add(callout(Layer.STREAM_V4, 0, null));
        assertRefused(WfpError.TOO_MANY_CALLOUTS, () -> draft.add(callout(Layer.STREAM_V4, 0, null)));
    }

    @Test
    void shouldRefuseAnEntryOfASetThatIsFull() throws PolicyException {
        List<SetEntry> all = new ArrayList<>();
        for (int i = 0; i <= DraftSets.MOST_ENTRIES; i++) {
            long address = 2L * i; // no neighbours
            all.add(new SetEntry("0x" + Long.toHexString(address), false, 0, address, 0, address));
        }
        UUID key = UUID.randomUUID();
        SetEntries full = SetEntries.EMPTY.edited(List.of(), all.subList(0, DraftSets.MOST_ENTRIES));
        draft.add(new PolicySet(key, name("full"), false, null, SetKind.ADDRESSES, full));
        List<SetEntry> first = all.subList(0, 1);
        List<SetEntry> last = all.subList(DraftSets.MOST_ENTRIES, all.size());

        assertRefused(WfpError.INVALID_PARAMETER, () -> draft.editSet(key, List.of(), last));
        assertThat(draft.editSet(key, first, last).entries().size()).isEqualTo(DraftSets.MOST_ENTRIES);
    }
}
