package io.sallyport.bfe.internal.store;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.store.Samples.DYNAMIC;
import static io.sallyport.bfe.internal.store.Samples.OTHER;
import static io.sallyport.bfe.internal.store.Samples.STATIC;
import static io.sallyport.bfe.internal.store.Samples.callout;
import static io.sallyport.bfe.internal.store.Samples.context;
import static io.sallyport.bfe.internal.store.Samples.filter;
import static io.sallyport.bfe.internal.store.Samples.next;
import static io.sallyport.bfe.internal.store.Samples.provider;
import static io.sallyport.bfe.internal.store.Samples.sublayer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.CalloutFlags;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LifetimesTest {
    private final PolicyState initial = PolicyState.initial();
    private final Draft draft = new Draft(initial, STATIC);

    @Test
    @Tag("LIFE-7")
    @Tag("LIFE-8")
    void shouldKeepBootTimeFiltersApart() {
        int both = FilterFlags.BOOTTIME | FilterFlags.PERSISTENT;
        Filter user = Filter.builder("f", Layer.IPSEC_V4, ActionType.BLOCK)
                .flags(FilterFlags.BOOTTIME)
                .build();

        assertRefused(
                WfpError.INVALID_FLAGS, () -> draft.add(filter("f").flags(both).build()));
        assertRefused(WfpError.INCOMPATIBLE_LAYER, () -> draft.add(user));
    }

    @Test
    @Tag("LIFE-1")
    void shouldKnowFiveLifetimes() throws PolicyException {
        Filter plain = draft.add(filter("static").build());
        Filter persistent =
                draft.add(filter("persistent").flags(FilterFlags.PERSISTENT).build());
        Filter boot = draft.add(filter("boot-time").flags(FilterFlags.BOOTTIME).build());
        Draft dynamic = next(draft, DYNAMIC);
        Filter mortal = dynamic.add(filter("dynamic").build());
        PolicyState state = dynamic.freeze();

        assertThat(state.filterLifetime(plain.key())).isEqualTo(Lifetime.STATIC);
        assertThat(state.filterLifetime(persistent.key())).isEqualTo(Lifetime.PERSISTENT);
        assertThat(state.filterLifetime(boot.key())).isEqualTo(Lifetime.BOOT_TIME);
        assertThat(state.filterLifetime(mortal.key())).isEqualTo(Lifetime.DYNAMIC);
        assertThat(state.storedSublayers()).isNotEmpty().allMatch(it -> it.lifetime() == Lifetime.BUILT_IN);
        assertThat(Lifetime.values()).hasSize(5);
    }

    @Test
    @Tag("LIFE-20")
    void shouldChangeAnObjectByDeletingAndAddingItOnly() throws PolicyException {
        Filter old = draft.add(filter("f").build());
        Draft later = next(draft, STATIC);
        Filter changed = Filter.builder("f", old.layer(), ActionType.PERMIT)
                .key(old.key())
                .build();
        assertRefused(WfpError.ALREADY_EXISTS, () -> later.add(changed));
        assertThat(later.isChanged()).isFalse();
        later.delete(ObjectType.FILTER, old.key());
        Filter added = later.add(changed);
        assertThat(added.action()).isEqualTo(ActionType.PERMIT);
        assertThat(added.id()).isGreaterThan(old.id());
        assertThat(later.freeze().filters()).containsExactly(added);
    }

    @Test
    @Tag("LIFE-12")
    void shouldRefuseReferencesToWhatMayDieEarlier() throws PolicyException {
        Sublayer mortal = draft.add(sublayer("static", false, null, 10));
        Draft dynamic = next(draft, DYNAMIC);
        Sublayer own = dynamic.add(sublayer("dynamic", false, null, 20));
        Draft other = next(dynamic, OTHER);
        Draft plain = next(dynamic, STATIC);
        int persistent = FilterFlags.PERSISTENT;

        assertRefused(
                WfpError.LIFETIME_MISMATCH,
                () -> other.add(filter("f").sublayer(own.key()).build()));
        assertRefused(
                WfpError.LIFETIME_MISMATCH,
                () -> plain.add(filter("f").sublayer(own.key()).build()));
        assertRefused(
                WfpError.LIFETIME_MISMATCH,
                () -> plain.add(
                        filter("f").flags(persistent).sublayer(own.key()).build()));
        assertRefused(
                WfpError.LIFETIME_MISMATCH,
                () -> plain.add(
                        filter("f").flags(persistent).sublayer(mortal.key()).build()));
    }

    @Test
    @Tag("LIFE-12")
    void shouldRefusePersistentReferencesToAnotherProvidersObjects() throws PolicyException {
        Provider mine = draft.add(provider("mine", true));
        Provider yours = draft.add(provider("yours", true));
        Sublayer their = draft.add(sublayer("s", true, yours.key(), 10));
        Filter.Builder filter = filter("f").provider(mine.key()).sublayer(their.key());

        assertRefused(
                WfpError.LIFETIME_MISMATCH,
                () -> draft.add(filter.flags(FilterFlags.PERSISTENT).build()));
        assertRefused(
                WfpError.LIFETIME_MISMATCH,
                () -> draft.add(filter.flags(FilterFlags.BOOTTIME).build()));
        draft.add(filter.flags(0).build());
    }

    @Test
    @Tag("LIFE-13")
    void shouldAllowReferencesToWhatLivesAtLeastAsLong() throws PolicyException {
        Provider provider = draft.add(provider("p", true));
        Sublayer persistent = draft.add(sublayer("persistent", true, provider.key(), 10));
        Sublayer mortal = draft.add(sublayer("static", false, null, 11));
        draft.add(filter("a").sublayer(persistent.key()).build());
        draft.add(filter("b").sublayer(mortal.key()).build());
        draft.add(filter("c")
                .provider(provider.key())
                .flags(FilterFlags.PERSISTENT)
                .sublayer(persistent.key())
                .build());
        Draft dynamic = next(draft, DYNAMIC);
        Sublayer own = dynamic.add(sublayer("own", false, null, 12));
        for (UUID sublayer : List.of(own.key(), mortal.key(), persistent.key(), BuiltinSublayer.LIPS.key())) {
            dynamic.add(filter("d").sublayer(sublayer).build());
        }

        assertThat(dynamic.freeze().filters()).hasSize(7);
    }

    @Test
    @Tag("LIFE-14")
    void shouldNotDeleteWhatOthersReferTo() throws PolicyException {
        UUID provider = draft.add(provider("p", false)).key();
        UUID sublayer = draft.add(sublayer("s", false, provider, 10)).key();
        UUID callout = draft.add(callout(Layer.STREAM_V4, 0, provider)).key();
        UUID context = draft.add(context(false, provider, Map.of())).key();
        UUID filter = draft.add(Filter.builder("f", Layer.STREAM_V4, ActionType.CALLOUT_UNKNOWN)
                        .provider(provider)
                        .sublayer(sublayer)
                        .callout(callout)
                        .providerContext(context)
                        .build())
                .key();

        assertRefused(WfpError.IN_USE, () -> draft.delete(ObjectType.PROVIDER, provider));
        assertRefused(WfpError.IN_USE, () -> draft.delete(ObjectType.SUBLAYER, sublayer));
        assertRefused(WfpError.IN_USE, () -> draft.delete(ObjectType.CALLOUT, callout));
        assertRefused(WfpError.IN_USE, () -> draft.delete(ObjectType.PROVIDER_CONTEXT, context));
        draft.delete(ObjectType.FILTER, filter);
        draft.delete(ObjectType.PROVIDER_CONTEXT, context);
        draft.delete(ObjectType.CALLOUT, callout);
        draft.delete(ObjectType.SUBLAYER, sublayer);
        draft.delete(ObjectType.PROVIDER, provider);
        assertThat(draft.freeze().revision()).isEqualTo(initial.revision());
    }

    @Test
    @Tag("LIFE-15")
    @Tag("LIFE-16")
    void shouldLetSessionsDeleteOnlyWhatIsTheirs() throws PolicyException {
        UUID mortal = draft.add(filter("static").build()).key();
        Draft dynamic = next(draft, DYNAMIC);
        UUID own = dynamic.add(filter("own").build()).key();

        assertRefused(WfpError.WRONG_SESSION, () -> next(dynamic, OTHER).delete(ObjectType.FILTER, own));
        assertRefused(WfpError.WRONG_SESSION, () -> next(dynamic, STATIC).delete(ObjectType.FILTER, own));
        assertRefused(WfpError.DYNAMIC_SESSION_IN_PROGRESS, () -> dynamic.delete(ObjectType.FILTER, mortal));
        dynamic.delete(ObjectType.FILTER, own);
    }

    @Test
    @Tag("LIFE-17")
    void shouldRefuseATakenKey() throws PolicyException {
        Filter filter = filter("f").build();
        draft.add(filter);

        assertRefused(WfpError.ALREADY_EXISTS, () -> draft.add(filter));
    }

    @Test
    @Tag("LIFE-18")
    void shouldSayWhichReferenceIsUnknown() {
        UUID none = UUID.randomUUID();
        Filter.Builder calling = Filter.builder("f", Layer.STREAM_V4, ActionType.CALLOUT_UNKNOWN);

        assertRefused(
                WfpError.PROVIDER_NOT_FOUND,
                () -> draft.add(filter("f").provider(none).build()));
        assertRefused(
                WfpError.SUBLAYER_NOT_FOUND,
                () -> draft.add(filter("f").sublayer(none).build()));
        assertRefused(
                WfpError.CALLOUT_NOT_FOUND,
                () -> draft.add(calling.callout(none).build()));
        assertRefused(
                WfpError.PROVIDER_CONTEXT_NOT_FOUND,
                () -> draft.add(filter("f").providerContext(none).build()));
        assertRefused(WfpError.FILTER_NOT_FOUND, () -> draft.delete(ObjectType.FILTER, none));
        assertRefused(WfpError.PROVIDER_NOT_FOUND, () -> draft.delete(ObjectType.PROVIDER, none));
    }

    @Test
    @Tag("LIFE-19")
    void shouldRefusePersistentObjectsInADynamicSession() {
        Draft dynamic = next(draft, DYNAMIC);

        assertRefused(
                WfpError.LIFETIME_MISMATCH,
                () -> dynamic.add(filter("f").flags(FilterFlags.PERSISTENT).build()));
        assertRefused(
                WfpError.LIFETIME_MISMATCH,
                () -> dynamic.add(filter("f").flags(FilterFlags.BOOTTIME).build()));
        assertRefused(WfpError.LIFETIME_MISMATCH, () -> dynamic.add(sublayer("s", true, null, 1)));
        assertRefused(
                WfpError.LIFETIME_MISMATCH, () -> dynamic.add(callout(Layer.STREAM_V4, CalloutFlags.PERSISTENT, null)));
    }

    @Test
    @Tag("LIFE-2")
    void shouldForgetExactlyTheObjectsOfAnEndedDynamicSession() throws PolicyException {
        draft.add(filter("static").build());
        Draft dynamic = next(draft, DYNAMIC);
        UUID provider = dynamic.add(provider("p", false)).key();
        Sublayer own = dynamic.add(sublayer("s", false, provider, 7));
        dynamic.add(filter("own").provider(provider).sublayer(own.key()).build());

        Draft end = next(dynamic, DYNAMIC);
        end.deleteDynamicObjects();

        assertThat(end.freeze().revision()).isEqualTo(draft.freeze().revision());
        assertThat(end.freeze().filters()).extracting(it -> it.display().name()).containsExactly("static");
    }
}
