package io.sallyport.bfe.internal.store;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.CalloutFlags;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.BuiltinProvider;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObjectsTest {
    private static final SessionId STATIC = new SessionId(1, "static", false);
    private static final SessionId DYNAMIC = new SessionId(2, "dynamic", true);
    private static final SessionId OTHER = new SessionId(3, "other", true);

    private final PolicyState initial = PolicyState.initial();
    private final Draft draft = new Draft(initial, STATIC);

    private static DisplayData name(String name) {
        return DisplayData.of(name);
    }

    private static Filter.Builder filter(String name) {
        return Filter.builder(name, Layer.STREAM_V4, ActionType.BLOCK);
    }

    private static Provider provider(String name, boolean isPersistent) {
        return new Provider(UUID.randomUUID(), name(name), isPersistent, null, Map.of());
    }

    private static Sublayer sublayer(String name, boolean isPersistent, UUID provider, int weight) {
        return new Sublayer(UUID.randomUUID(), name(name), isPersistent, provider, weight);
    }

    private static CalloutObject callout(Layer layer, int flags, UUID provider) {
        return new CalloutObject(UUID.randomUUID(), name("c"), "x.c", layer, flags, provider, 0);
    }

    private static ProviderContext context(boolean isPersistent, UUID provider, Map<String, Object> data) {
        return new ProviderContext(UUID.randomUUID(), name("ctx"), isPersistent, provider, data, 0);
    }

    /** The same objects in another session, as after a commit. */
    private static Draft next(Draft before, SessionId session) {
        return new Draft(before.freeze(), session);
    }

    @Test
    @Tag("LIFE-5")
    void shouldStartWithTheBuiltInObjects() {
        assertThat(initial.sublayers()).hasSize(BuiltinSublayer.values().length);
        assertThat(initial.providers()).hasSize(BuiltinProvider.values().length);
        assertThat(initial.filters()).isEmpty();
        assertRefused(
                WfpError.BUILTIN_OBJECT, () -> draft.delete(ObjectType.SUBLAYER, BuiltinSublayer.UNIVERSAL.key()));
        assertRefused(WfpError.BUILTIN_OBJECT, () -> draft.delete(ObjectType.PROVIDER, BuiltinProvider.IKEEXT.key()));
    }

    @Test
    @Tag("OBJ-2")
    void shouldNotDeleteLayers() {
        assertRefused(WfpError.BUILTIN_OBJECT, () -> draft.delete(ObjectType.LAYER, Layer.STREAM_V4.key()));
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
