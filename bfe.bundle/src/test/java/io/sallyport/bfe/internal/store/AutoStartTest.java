package io.sallyport.bfe.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AutoStartTest {
    private static final int PERSISTENT = FilterFlags.PERSISTENT;

    private final Draft draft = new Draft(PolicyState.initial(), Samples.STATIC);
    private Provider starts;
    private Provider doesNot;
    private Provider hasNone;

    @BeforeEach
    void addProviders() throws PolicyException {
        starts = draft.add(provider("starts", "com.example.on"));
        doesNot = draft.add(provider("does-not", "com.example.off"));
        hasNone = draft.add(provider("has-none", null));
        for (Provider it : List.of(starts, doesNot, hasNone)) {
            draft.add(filter(it, PERSISTENT));
        }
        draft.add(Samples.filter("nobody's").flags(PERSISTENT).build());
    }

    @Test
    @Tag("LIFE-9")
    void shouldLeaveOutWhatBelongsToAServiceThatDoesNotStart() {
        PolicyState state = started();
        assertThat(names(state)).containsExactlyInAnyOrder("of starts", "of has-none", "nobody's");
        assertThat(state.filters()).as("kept all the same").hasSize(4);
        assertThat(state.isDisabled(ObjectType.PROVIDER, doesNot.key())).isTrue();
        assertThat(state.isDisabled(ObjectType.PROVIDER, starts.key())).isFalse();
        for (Filter it : state.filters()) {
            assertThat(state.isDisabled(ObjectType.FILTER, it.key()))
                    .isEqualTo(doesNot.key().equals(it.provider()));
        }
        assertThat(state.revision())
                .as("the same objects")
                .isEqualTo(draft.freeze().revision());
    }

    @Test
    @Tag("LIFE-10")
    void shouldEnforceWhatNamesNoService() {
        assertThat(started().isDisabled(ObjectType.PROVIDER, hasNone.key())).isFalse();
        assertThat(names(started())).contains("of has-none");
    }

    @Test
    @Tag("LIFE-11")
    void shouldDecideOnceAndEnforceWhatIsAddedLater() throws PolicyException {
        Draft later = new Draft(started(), Samples.STATIC);
        Filter added = later.add(filter(doesNot, 0));
        assertThat(names(later.freeze())).hasSize(4);
        assertThat(later.freeze().isDisabled(ObjectType.PROVIDER, doesNot.key()))
                .isTrue();

        later.delete(ObjectType.FILTER, added.key());
        for (Filter it : started().filters()) {
            if (doesNot.key().equals(it.provider())) {
                later.delete(ObjectType.FILTER, it.key());
                later.add(it);
                assertThat(later.freeze().isDisabled(ObjectType.FILTER, it.key()))
                        .isFalse();
            }
        }
        assertThat(names(later.freeze())).contains("of does-not");
    }

    @Test
    @Tag("LIFE-11")
    void shouldEnforceAllOfAProviderWhosePolicyIsAppliedAnew() throws PolicyException {
        PolicyState state = started();
        Filter filter = state.filters().stream()
                .filter(it -> doesNot.key().equals(it.provider()))
                .findFirst()
                .orElseThrow();
        Draft later = new Draft(state, Samples.STATIC);
        new Replacement(doesNot, List.of(), List.of(), List.of(), List.of(), List.of(filter))
                .applyTo(later, (type, key, e) -> {
                    throw new AssertionError(e);
                });
        assertThat(later.freeze().isDisabled(ObjectType.PROVIDER, doesNot.key()))
                .isFalse();
        assertThat(names(later.freeze())).contains("of does-not");
    }

    private PolicyState started() {
        return AutoStart.applied(draft.freeze(), "com.example.on"::equals);
    }

    private static List<String> names(PolicyState state) {
        return ImageTranslator.translate(state).filters().stream()
                .map(FilterImage::name)
                .toList();
    }

    private static Provider provider(String name, String service) {
        return new Provider(UUID.randomUUID(), DisplayData.of(name), true, service, Map.of());
    }

    private static Filter filter(Provider provider, int flags) {
        return Samples.filter("of " + provider.display().name())
                .flags(flags)
                .provider(provider.key())
                .build();
    }
}
