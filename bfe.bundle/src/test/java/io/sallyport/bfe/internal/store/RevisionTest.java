package io.sallyport.bfe.internal.store;

import static io.sallyport.bfe.internal.store.Samples.STATIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Value;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The name of a policy is in logs, audits and stores: no version may name the same content otherwise. */
class RevisionTest {
    private final Draft draft = new Draft(PolicyState.initial(), STATIC);

    @Test
    void shouldNameAPolicyAsEveryVersionDoes() throws PolicyException {
        add("Türsteher 門番 🚪");
        assertThat(draft.freeze().revision()).isEqualTo("bf3ca53023ccb5f7");
    }

    @Test
    void shouldNotTakePartsForOneAnother() throws PolicyException {
        add("a");
        Draft other = new Draft(PolicyState.initial(), STATIC);
        other.add(new Provider(new UUID(1, 1), new DisplayData("a1:", ""), false, null, Map.of()));
        Draft third = new Draft(PolicyState.initial(), STATIC);
        third.add(new Provider(new UUID(1, 1), new DisplayData("a", "1:"), false, null, Map.of()));
        assertThat(List.of(
                        draft.freeze().revision(),
                        other.freeze().revision(),
                        third.freeze().revision()))
                .doesNotHaveDuplicates();
    }

    private void add(String name) throws PolicyException {
        Provider provider = draft.add(
                new Provider(new UUID(1, 1), new DisplayData(name, "x".repeat(3_000)), false, "svc", Map.of()));
        draft.add(new ProviderContext(
                new UUID(1, 2),
                DisplayData.of(name),
                false,
                provider.key(),
                Map.of("ß", List.of(1L, "zwei"), "a", true),
                0));
        draft.add(Filter.builder(name, Layer.ALE_AUTH_CONNECT_V4, ActionType.BLOCK)
                .key(new UUID(1, 3))
                .when(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(80)))
                .build());
    }
}
