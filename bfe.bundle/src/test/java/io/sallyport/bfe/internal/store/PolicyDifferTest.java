package io.sallyport.bfe.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.PolicyDifference;
import io.sallyport.bfe.api.PolicyDifference.FieldDifference;
import io.sallyport.bfe.api.PolicyDifference.Kind;
import io.sallyport.bfe.api.PolicyDifference.ObjectDifference;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PolicyDifferTest {
    private static final UUID KEY = new UUID(1, 2);
    private final SessionId session = new SessionId(1, "test", false);

    private PolicyState with(int port, String provider, ActionType action) throws Exception {
        Draft draft = new Draft(PolicyState.initial(), session);
        Provider owner = draft.add(new Provider(new UUID(1, 1), DisplayData.of(provider), false, null, Map.of()));
        Sublayer web = draft.add(new Sublayer(new UUID(1, 3), DisplayData.of("web"), false, owner.key(), 9));
        draft.add(Filter.builder("no-telnet", Layer.ALE_AUTH_CONNECT_V4, action)
                .key(KEY)
                .provider(owner.key())
                .sublayer(web.key())
                .when(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(port)))
                .build());
        return draft.freeze();
    }

    @Test
    void shouldNameTheFieldsThatDiffer() throws Exception {
        PolicyDifference difference = PolicyDiffer.difference(
                3, with(23, "office", ActionType.BLOCK), 5, with(22, "office", ActionType.PERMIT));
        assertThat(difference.from()).isEqualTo(3);
        assertThat(difference.to()).isEqualTo(5);
        ObjectDifference filter = difference.objects().get(0);
        assertThat(difference.objects()).hasSize(1);
        assertThat(filter.kind()).isEqualTo(Kind.CHANGED);
        assertThat(filter.type()).isEqualTo(ObjectType.FILTER);
        assertThat(filter.name()).isEqualTo("no-telnet");
        assertThat(filter.fields()).extracting(FieldDifference::field).containsExactly("when[0]", "action");
        assertThat(filter.fields().get(0).before()).contains("ip-remote-port").contains("23");
        assertThat(filter.fields().get(0).after()).contains("22");
        assertThat(filter.fields().get(1)).isEqualTo(new FieldDifference("action", "block", "permit"));
    }

    @Test
    void shouldTellAllOfWhatCameAndWent() throws Exception {
        PolicyState one = with(23, "office", ActionType.BLOCK);
        PolicyDifference come = PolicyDiffer.difference(0, PolicyState.initial(), 1, one);
        assertThat(come.objects())
                .extracting(it -> it.kind() + " " + it.type().word() + " " + it.name())
                .containsExactly("ADDED provider office", "ADDED sublayer web", "ADDED filter no-telnet");
        assertThat(come.objects().get(2).fields())
                .contains(
                        new FieldDifference("sublayer", null, "web"),
                        new FieldDifference("provider", null, "office"),
                        new FieldDifference("layer", null, "ale-auth-connect-v4"));
        PolicyDifference gone = PolicyDiffer.difference(1, one, 2, PolicyState.initial());
        assertThat(gone.objects()).extracting(ObjectDifference::kind).containsOnly(Kind.REMOVED);
    }

    @Test
    void shouldTellEntriesOfSetsOneByOneAndManyAsANumber() throws Exception {
        PolicyDifference edited = PolicyDiffer.difference(1, withSet(1, 2), 2, withSet(2, 3));
        assertThat(edited.objects()).singleElement().satisfies(it -> {
            assertThat(it.type()).isEqualTo(ObjectType.SET);
            assertThat(it.kind()).isEqualTo(Kind.CHANGED);
            assertThat(it.fields())
                    .containsExactly(new FieldDifference("entry", "1", null), new FieldDifference("entry", null, "3"));
        });
        int[] many = IntStream.range(0, 30).toArray();
        PolicyDifference added = PolicyDiffer.difference(1, PolicyState.initial(), 2, withSet(many));
        assertThat(added.objects().get(0).fields())
                .contains(
                        new FieldDifference("entries", null, "30"),
                        new FieldDifference("entry", null, "0"),
                        new FieldDifference("entry", null, "19"),
                        new FieldDifference("more entries", null, "10"))
                .doesNotContain(new FieldDifference("entry", null, "20"));
        assertThat(PolicyDiffer.difference(1, withSet(many), 2, withSet(many)).objects())
                .isEmpty();
    }

    private PolicyState withSet(int... ports) throws Exception {
        List<SetEntry> entries = Arrays.stream(ports)
                .mapToObj(it -> new SetEntry(Integer.toString(it), false, 0, it, 0, it))
                .toList();
        Draft draft = new Draft(PolicyState.initial(), session);
        draft.add(new PolicySet(
                KEY, DisplayData.of("web"), false, null, SetKind.PORTS, SetEntries.EMPTY.edited(List.of(), entries)));
        return draft.freeze();
    }

    /** A provider that was renamed shows in what belongs to it, too. */
    @Test
    void shouldCompareReferencesByName() throws Exception {
        PolicyDifference difference =
                PolicyDiffer.difference(1, with(23, "office", ActionType.BLOCK), 2, with(23, "home", ActionType.BLOCK));
        assertThat(difference.objects())
                .extracting(it -> it.kind() + " " + it.type().word())
                .containsExactly("CHANGED provider", "CHANGED sublayer", "CHANGED filter");
    }
}
