package io.sallyport.bfe.internal.store;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.store.Samples.STATIC;
import static io.sallyport.bfe.internal.store.Samples.callout;
import static io.sallyport.bfe.internal.store.Samples.context;
import static io.sallyport.bfe.internal.store.Samples.filter;
import static io.sallyport.bfe.internal.store.Samples.name;
import static io.sallyport.bfe.internal.store.Samples.provider;
import static io.sallyport.bfe.internal.store.Samples.sublayer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.BuiltinCallout;
import io.sallyport.policy.BuiltinProvider;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObjectsTest {
    private final PolicyState initial = PolicyState.initial();
    private final Draft draft = new Draft(initial, STATIC);

    @Test
    @Tag("LIFE-5")
    void shouldStartWithTheBuiltInObjects() {
        assertThat(initial.sublayers()).hasSize(BuiltinSublayer.values().length);
        assertThat(initial.providers()).hasSize(BuiltinProvider.values().length);
        assertThat(initial.filters()).isEmpty();
        assertRefused(
                WfpError.BUILTIN_OBJECT, () -> draft.delete(ObjectType.SUBLAYER, BuiltinSublayer.UNIVERSAL.key()));
        assertRefused(WfpError.BUILTIN_OBJECT, () -> draft.delete(ObjectType.PROVIDER, BuiltinProvider.IKEEXT.key()));
        assertRefused(
                WfpError.BUILTIN_OBJECT,
                () -> draft.delete(ObjectType.CALLOUT, BuiltinCallout.WFP_TRANSPORT_LAYER_V4_SILENT_DROP.key()));
    }

    @Test
    @Tag("OBJ-2")
    void shouldNotDeleteLayers() {
        assertRefused(WfpError.BUILTIN_OBJECT, () -> draft.delete(ObjectType.LAYER, Layer.STREAM_V4.key()));
    }

    @Test
    @Tag("OBJ-1")
    void shouldManageSixTypes() throws PolicyException {
        Provider provider = draft.add(provider("p", true));
        Sublayer sublayer = draft.add(sublayer("s", true, provider.key(), 1_000));
        CalloutObject callout = draft.add(callout(Layer.STREAM_V4, CalloutFlags.PERSISTENT, provider.key()));
        ProviderContext context = draft.add(context(true, provider.key(), Map.of()));
        Filter filter = draft.add(filter("f").build());
        PolicyState state = draft.freeze();

        assertThat(state.provider(provider.key())).isEqualTo(provider);
        assertThat(state.sublayer(sublayer.key())).isEqualTo(sublayer);
        assertThat(state.callout(callout.key())).isEqualTo(callout);
        assertThat(state.providerContext(context.key())).isEqualTo(context);
        assertThat(state.filter(filter.key())).isEqualTo(filter);
        // SET is not the platform's.
        assertThat(EnumSet.complementOf(EnumSet.of(ObjectType.SET)))
                .containsExactlyInAnyOrder(
                        ObjectType.FILTER,
                        ObjectType.CALLOUT,
                        ObjectType.LAYER,
                        ObjectType.SUBLAYER,
                        ObjectType.PROVIDER,
                        ObjectType.PROVIDER_CONTEXT);
        for (ObjectType type : ObjectType.values()) {
            assertThat(state.securityOf(SecurityTarget.container(type))).isNotNull();
        }
    }

    @Test
    @Tag("OBJ-9")
    void shouldLetASublayerBeInEveryLayer() throws PolicyException {
        Sublayer sublayer = draft.add(sublayer("s", false, null, 1_000));
        for (Layer layer : Layer.values()) {
            draft.add(Filter.builder("at " + layer, layer, ActionType.BLOCK)
                    .sublayer(sublayer.key())
                    .build());
        }
        assertThat(draft.freeze().filters())
                .hasSize(Layer.values().length)
                .allMatch(it -> sublayer.key().equals(it.sublayer()));
    }

    @Test
    @Tag("OBJ-11")
    void shouldNeverLetAProviderInfluenceClassification() throws PolicyException {
        Provider provider = draft.add(provider("p", false));
        draft.add(Filter.builder("f", Layer.STREAM_V4, ActionType.BLOCK)
                .key(new UUID(1, 1))
                .provider(provider.key())
                .build());
        Draft without = new Draft(initial, STATIC);
        without.add(Filter.builder("f", Layer.STREAM_V4, ActionType.BLOCK)
                .key(new UUID(1, 1))
                .build());
        FilterImage owned = ImageTranslator.translate(draft.freeze()).filters().get(0);
        FilterImage free = ImageTranslator.translate(without.freeze()).filters().get(0);
        assertThat(owned.provider()).isEqualTo("p");
        assertThat(free.provider()).isNull();
        assertThat(owned).usingRecursiveComparison().ignoringFields("provider").isEqualTo(free);
    }

    @Test
    @Tag("OBJ-3")
    void shouldIgnoreWhatOnlyItAssigns() throws PolicyException {
        Filter added = draft.add(filter("f")
                .flags(FilterFlags.INDEXED | FilterFlags.HAS_PROVIDER_CONTEXT)
                .build());
        CalloutObject callout = draft.add(callout(Layer.STREAM_V4, CalloutFlags.REGISTERED, null));

        assertThat(added.flags()).isZero();
        assertThat(callout.flags()).isZero();
    }

    @Test
    @Tag("OBJ-4")
    void shouldChooseAKeyForTheZeroGuidAndKeepGuidsApartByType() throws PolicyException {
        Filter chosen = draft.add(filter("f").key(new UUID(0, 0)).build());
        draft.add(new ProviderContext(chosen.key(), name("c"), false, null, Map.of(), 0));

        assertThat(chosen.key()).isNotEqualTo(new UUID(0, 0));
    }

    @Test
    @Tag("OBJ-5")
    void shouldNumberObjectsAndNeverReuseANumber() throws PolicyException {
        Filter first = draft.add(filter("a").build());
        draft.delete(ObjectType.FILTER, first.key());
        Filter second = draft.add(filter("b").build());

        assertThat(first.id()).isEqualTo(1);
        assertThat(second.id()).isEqualTo(2);
    }

    @Test
    @Tag("OBJ-6")
    void shouldDemandANameWithoutControlCharacters() {
        assertRefused(WfpError.NULL_DISPLAY_NAME, () -> draft.add(filter(" ").build()));
        assertRefused(
                WfpError.INVALID_PARAMETER, () -> draft.add(filter("a\u0007").build()));
    }

    @Test
    @Tag("OBJ-7")
    void shouldRefuseTwoContextsAndACalloutWithoutCalloutAction() throws PolicyException {
        UUID callout = draft.add(callout(Layer.STREAM_V4, 0, null)).key();
        UUID context = draft.add(context(false, null, Map.of())).key();
        Filter.Builder both = Filter.builder("f", Layer.STREAM_V4, ActionType.CALLOUT_UNKNOWN)
                .callout(callout)
                .rawContext(5)
                .providerContext(context);

        assertRefused(WfpError.INVALID_PARAMETER, () -> draft.add(both.build()));
        assertRefused(
                WfpError.INVALID_PARAMETER,
                () -> draft.add(filter("f").callout(callout).build()));
        assertRefused(
                WfpError.CALLOUT_NOT_FOUND,
                () -> draft.add(Filter.builder("f", Layer.STREAM_V4, ActionType.CALLOUT_UNKNOWN)
                        .build()));
    }

    @Test
    @Tag("OBJ-8")
    void shouldPutFiltersWithoutSublayerIntoUniversal() throws PolicyException {
        assertThat(draft.add(filter("f").build()).sublayer()).isEqualTo(BuiltinSublayer.UNIVERSAL.key());
    }

    @Test
    @Tag("OBJ-10")
    void shouldRefuseACalloutOfAnotherLayer() throws PolicyException {
        UUID callout = draft.add(callout(Layer.STREAM_V6, 0, null)).key();
        Filter filter = Filter.builder("f", Layer.STREAM_V4, ActionType.CALLOUT_UNKNOWN)
                .callout(callout)
                .build();

        assertRefused(WfpError.INCOMPATIBLE_LAYER, () -> draft.add(filter));
    }

    @Test
    @Tag("LIFE-6")
    void shouldStoreBootTimeAndDisabledFiltersButNotEnforceThem() throws PolicyException {
        draft.add(filter("boot").flags(FilterFlags.BOOTTIME).build());
        draft.add(filter("off").flags(FilterFlags.DISABLED).build());
        draft.add(filter("on").build());

        assertThat(draft.freeze().filters()).hasSize(3);
        assertThat(ImageTranslator.translate(draft.freeze()).filters())
                .extracting(FilterImage::name)
                .containsExactly("on");
    }

    @Test
    @Tag("ARB-24")
    void shouldMoveSublayersWithATakenWeightDown() throws PolicyException {
        List<Integer> weights = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            weights.add(draft.add(sublayer("s" + i, false, null, 65_535)).weight());
        }

        assertThat(weights.get(0)).isEqualTo(65_535);
        assertThat(weights.get(19)).isEqualTo(65_516);
        assertThat(weights).isSortedAccordingTo((a, b) -> b - a);
    }

    @Test
    @Tag("ARB-25")
    void shouldMoveSublayersUpWhereNothingIsFreeBelow() throws PolicyException {
        // 0 to 7 belong to built-in sublayers.
        assertThat(draft.add(sublayer("s", false, null, 3)).weight()).isEqualTo(8);
    }

    @Test
    @Tag("OBJ-15")
    @Tag("ARB-24")
    void shouldRefuseASublayerWhenAllWeightsAreTaken() throws PolicyException {
        int free = 65_536 - BuiltinSublayer.values().length;
        for (int i = 0; i < free; i++) {
            draft.add(sublayer("s", false, null, 40_000));
        }

        assertRefused(WfpError.TOO_MANY_SUBLAYERS, () -> draft.add(sublayer("s", false, null, 1)));
        Sublayer any = draft.freeze().sublayers().stream()
                .filter(it -> BuiltinSublayer.byKey(it.key()) == null)
                .findFirst()
                .orElseThrow();
        draft.delete(ObjectType.SUBLAYER, any.key());
        assertThat(draft.add(sublayer("s", false, null, 1)).weight()).isEqualTo(any.weight());
    }

    @Test
    @Tag("ARB-26")
    void shouldGiveEarlierFiltersSmallerIds() throws PolicyException {
        draft.add(filter("first").build());
        draft.add(filter("second").build());

        Map<String, Long> ids = ImageTranslator.translate(draft.freeze()).filters().stream()
                .collect(Collectors.toMap(FilterImage::name, FilterImage::id));
        assertThat(ids.get("first")).isLessThan(ids.get("second"));
    }

    @Test
    @Tag("CALL-2")
    @Tag("CALL-15")
    void shouldShowContextDataOnlyToCalloutsThatAskedForIt() throws PolicyException {
        UUID blind = draft.add(callout(Layer.STREAM_V4, 0, null)).key();
        UUID seeing = draft.add(callout(Layer.STREAM_V4, CalloutFlags.USES_PROVIDER_CONTEXT, null))
                .key();
        ProviderContext context = draft.add(context(false, null, Map.of("n", 5)));
        for (UUID callout : List.of(blind, seeing)) {
            draft.add(Filter.builder("f", Layer.STREAM_V4, ActionType.CALLOUT_UNKNOWN)
                    .callout(callout)
                    .providerContext(context.key())
                    .build());
        }

        PolicyImage image = ImageTranslator.translate(draft.freeze());
        assertThat(image.filters()).extracting(FilterImage::rawContext).containsOnly(context.id());
        assertThat(image.filters().get(0).providerContext()).isEmpty();
        assertThat(image.filters().get(1).providerContext()).containsEntry("n", 5L);
        assertThat(image.callouts()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = ActionType.class,
            names = {"PERMIT", "BLOCK", "CALLOUT_INSPECTION"})
    @Tag("CALL-5")
    void shouldRefusePermitIfUnregisteredWhereItMakesNoSense(ActionType action) throws PolicyException {
        UUID callout = action.isCallout()
                ? draft.add(callout(Layer.STREAM_V4, 0, null)).key()
                : null;
        Filter filter = Filter.builder("f", Layer.STREAM_V4, action)
                .callout(callout)
                .flags(FilterFlags.PERMIT_IF_CALLOUT_UNREGISTERED)
                .build();

        assertRefused(WfpError.INVALID_FLAGS, () -> draft.add(filter));
    }

    @ParameterizedTest
    @EnumSource(
            value = ActionType.class,
            names = {"CONTINUE", "NONE", "NONE_NO_MATCH"})
    void shouldRefuseActionsThatAreOutcomes(ActionType action) {
        assertRefused(
                WfpError.INVALID_ACTION_TYPE,
                () -> draft.add(Filter.builder("f", Layer.STREAM_V4, action).build()));
    }

    @Test
    @Tag("CALL-19")
    void shouldRefuseCalloutsAtUserLayersAndUnknownFlags() {
        assertRefused(WfpError.INCOMPATIBLE_LAYER, () -> draft.add(callout(Layer.IPSEC_V4, 0, null)));
        assertRefused(
                WfpError.INVALID_FLAGS,
                () -> draft.add(callout(Layer.STREAM_V4, CalloutFlags.CONDITIONAL_ON_FLOW, null)));
        assertRefused(
                WfpError.INVALID_FLAGS,
                () -> draft.add(filter("f").flags(FilterFlags.SILENT_MODE).build()));
    }

    @Test
    @Tag("COND-19")
    @Tag("COND-5")
    @Tag("COND-6")
    @Tag("COND-8")
    @Tag("COND-10")
    void shouldRefuseConditionsThatDoNotFit() {
        record Case(WfpError error, Condition condition) {}
        Value port = Value.uint16(80);
        List<Case> cases = List.of(
                new Case(
                        WfpError.CONDITION_NOT_FOUND,
                        new Condition(Field.IP_PROTOCOL, MatchType.EQUAL, Value.uint8(6))),
                new Case(
                        WfpError.TYPE_MISMATCH, new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint32(80))),
                new Case(WfpError.MATCH_TYPE_MISMATCH, new Condition(Field.IP_REMOTE_PORT, MatchType.PREFIX, port)),
                new Case(
                        WfpError.INVALID_RANGE,
                        new Condition(Field.IP_REMOTE_PORT, MatchType.RANGE, Value.range(port, Value.uint16(79)))));
        for (Case it : cases) {
            assertRefused(
                    it.error(), () -> draft.add(filter("f").when(it.condition()).build()));
        }
        Condition mask = new Condition(Field.IP_REMOTE_ADDRESS, MatchType.EQUAL, new Value.V6AddressMask(0, 0, 129));
        assertRefused(
                WfpError.INVALID_NET_MASK,
                () -> draft.add(Filter.builder("f", Layer.STREAM_V6, ActionType.BLOCK)
                        .when(mask)
                        .build()));
    }

    @Test
    void shouldCopyContextDataDeeply() throws PolicyException {
        List<Object> words = new ArrayList<>(List.of("a"));
        ProviderContext added = draft.add(context(false, null, Map.of("words", words)));
        words.add("b");

        assertThat(added.data()).containsEntry("words", List.of("a"));
        assertRefused(
                WfpError.INVALID_PARAMETER, () -> draft.add(context(false, null, Map.of("x", UUID.randomUUID()))));
    }

    @Test
    void shouldNameContentNotHistory() throws PolicyException {
        Filter a = filter("a").key(new UUID(1, 1)).build();
        Filter b = filter("b").key(new UUID(1, 2)).build();
        draft.add(a);
        String one = draft.freeze().revision();
        draft.add(b);
        draft.delete(ObjectType.FILTER, b.key());
        Draft reverse = new Draft(initial, STATIC);
        reverse.add(b);
        reverse.add(a);
        Draft forward = new Draft(initial, STATIC);
        forward.add(a);
        forward.add(b);

        assertThat(draft.freeze().revision()).isEqualTo(one).isNotEqualTo(initial.revision());
        assertThat(forward.freeze().revision())
                .as("the order of filters breaks ties")
                .isNotEqualTo(reverse.freeze().revision());
    }

    @Test
    @Tag("TXN-8")
    void shouldLeaveEverythingAsItWasWhenACallIsRefused() throws PolicyException {
        Filter filter = filter("f").build();
        draft.add(filter);
        String revision = draft.freeze().revision();

        assertRefused(WfpError.ALREADY_EXISTS, () -> draft.add(filter));
        assertRefused(
                WfpError.INVALID_FLAGS,
                () -> draft.add(filter("g").flags(1 << 14).build()));

        assertThat(draft.freeze().revision()).isEqualTo(revision);
        assertThat(draft.add(filter("h").build()).id()).isEqualTo(2);
    }
}
