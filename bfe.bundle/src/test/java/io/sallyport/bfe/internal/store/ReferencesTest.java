package io.sallyport.bfe.internal.store;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.store.Samples.DYNAMIC;
import static io.sallyport.bfe.internal.store.Samples.OTHER;
import static io.sallyport.bfe.internal.store.Samples.STATIC;
import static io.sallyport.bfe.internal.store.Samples.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.internal.AnyObject;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every kind of reference, and for objects of every type. */
class ReferencesTest {
    private final Draft draft = new Draft(PolicyState.initial(), STATIC);

    /** Who refers to whom, and what is said if that is not there. */
    enum Reference {
        SUBLAYER_TO_PROVIDER(ObjectType.SUBLAYER, ObjectType.PROVIDER, WfpError.PROVIDER_NOT_FOUND),
        CALLOUT_TO_PROVIDER(ObjectType.CALLOUT, ObjectType.PROVIDER, WfpError.PROVIDER_NOT_FOUND),
        CONTEXT_TO_PROVIDER(ObjectType.PROVIDER_CONTEXT, ObjectType.PROVIDER, WfpError.PROVIDER_NOT_FOUND),
        SET_TO_PROVIDER(ObjectType.SET, ObjectType.PROVIDER, WfpError.PROVIDER_NOT_FOUND),
        FILTER_TO_PROVIDER(ObjectType.FILTER, ObjectType.PROVIDER, WfpError.PROVIDER_NOT_FOUND),
        FILTER_TO_SUBLAYER(ObjectType.FILTER, ObjectType.SUBLAYER, WfpError.SUBLAYER_NOT_FOUND),
        FILTER_TO_CALLOUT(ObjectType.FILTER, ObjectType.CALLOUT, WfpError.CALLOUT_NOT_FOUND),
        FILTER_TO_CONTEXT(ObjectType.FILTER, ObjectType.PROVIDER_CONTEXT, WfpError.PROVIDER_CONTEXT_NOT_FOUND),
        FILTER_TO_SET(ObjectType.FILTER, ObjectType.SET, WfpError.NOT_FOUND);

        private final ObjectType from;
        private final ObjectType to;
        private final WfpError unknown;

        Reference(ObjectType from, ObjectType to, WfpError unknown) {
            this.from = from;
            this.to = to;
            this.unknown = unknown;
        }
    }

    /** How long an object lives, by who adds it. */
    enum Life {
        PERSISTENT,
        STATICALLY,
        OWN_SESSION,
        OTHER_SESSION;

        SessionId session() {
            return switch (this) {
                case PERSISTENT, STATICALLY -> STATIC;
                case OWN_SESSION -> DYNAMIC;
                case OTHER_SESSION -> OTHER;
            };
        }

        UUID add(Draft before, ObjectType type, Map<ObjectType, UUID> named) throws PolicyException {
            UUID key = UUID.randomUUID();
            AnyObject.of(type, key, this == PERSISTENT, named).addTo(before);
            return key;
        }
    }

    private static Stream<Arguments> referencesAndLives() {
        return Arrays.stream(Reference.values())
                .flatMap(reference -> Stream.of(
                        Arguments.of(reference, Life.PERSISTENT, Life.PERSISTENT, true),
                        Arguments.of(reference, Life.PERSISTENT, Life.STATICALLY, false),
                        Arguments.of(reference, Life.PERSISTENT, Life.OWN_SESSION, false),
                        Arguments.of(reference, Life.STATICALLY, Life.PERSISTENT, true),
                        Arguments.of(reference, Life.STATICALLY, Life.STATICALLY, true),
                        Arguments.of(reference, Life.STATICALLY, Life.OWN_SESSION, false),
                        Arguments.of(reference, Life.OWN_SESSION, Life.PERSISTENT, true),
                        Arguments.of(reference, Life.OWN_SESSION, Life.STATICALLY, true),
                        Arguments.of(reference, Life.OWN_SESSION, Life.OWN_SESSION, true),
                        Arguments.of(reference, Life.OWN_SESSION, Life.OTHER_SESSION, false)));
    }

    @ParameterizedTest
    @MethodSource("referencesAndLives")
    @Tag("LIFE-12")
    @Tag("LIFE-13")
    void shouldReferToWhatLivesAtLeastAsLong(Reference reference, Life from, Life to, boolean isAllowed)
            throws PolicyException {
        Draft before = next(draft, to.session());
        UUID target = to.add(before, reference.to, Map.of());
        Draft after = next(before, from.session());
        Map<ObjectType, UUID> named = Map.of(reference.to, target);
        if (isAllowed) {
            UUID added = from.add(after, reference.from, named);
            assertThat(after.tables.find(reference.from, added)).isNotNull();
        } else {
            assertRefused(WfpError.LIFETIME_MISMATCH, () -> from.add(after, reference.from, named));
            assertThat(after.isChanged()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FILTER_TO_SUBLAYER", "FILTER_TO_CALLOUT", "FILTER_TO_CONTEXT", "FILTER_TO_SET"})
    @Tag("LIFE-12")
    void shouldReferPersistentlyToObjectsOfTheSameProviderOnly(Reference reference) throws PolicyException {
        UUID mine = Life.PERSISTENT.add(draft, ObjectType.PROVIDER, Map.of());
        UUID yours = Life.PERSISTENT.add(draft, ObjectType.PROVIDER, Map.of());
        UUID target = Life.PERSISTENT.add(draft, reference.to, Map.of(ObjectType.PROVIDER, yours));
        Map<ObjectType, UUID> named = new HashMap<>(Map.of(ObjectType.PROVIDER, mine, reference.to, target));

        assertRefused(WfpError.LIFETIME_MISMATCH, () -> Life.PERSISTENT.add(draft, ObjectType.FILTER, named));
        assertRefused(
                WfpError.LIFETIME_MISMATCH,
                () -> draft.add(AnyObject.filter(UUID.randomUUID(), FilterFlags.BOOTTIME, named)));
        Life.STATICALLY.add(draft, ObjectType.FILTER, named);
        named.put(ObjectType.PROVIDER, yours);
        Life.PERSISTENT.add(draft, ObjectType.FILTER, named);
        assertThat(draft.freeze().filters()).hasSize(2);
    }

    /** One kind of reference at a time: others would hide that one is not counted. */
    @ParameterizedTest
    @EnumSource
    @Tag("LIFE-14")
    void shouldKeepWhatIsReferredToUntilTheLastReferenceGoes(Reference reference) throws PolicyException {
        String before = draft.freeze().revision();
        UUID target = Life.STATICALLY.add(draft, reference.to, Map.of());
        UUID first = Life.STATICALLY.add(draft, reference.from, Map.of(reference.to, target));
        UUID second = Life.STATICALLY.add(draft, reference.from, Map.of(reference.to, target));

        assertRefused(WfpError.IN_USE, () -> draft.delete(reference.to, target));
        draft.delete(reference.from, first);
        assertRefused(WfpError.IN_USE, () -> draft.delete(reference.to, target));
        draft.delete(reference.from, second);
        draft.delete(reference.to, target);
        assertThat(draft.freeze().revision()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("LIFE-18")
    void shouldSayWhichReferenceIsUnknown(Reference reference) {
        Map<ObjectType, UUID> named = Map.of(reference.to, UUID.randomUUID());

        assertRefused(reference.unknown, () -> Life.STATICALLY.add(draft, reference.from, named));
        assertThat(draft.isChanged()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "LAYER")
    @Tag("LIFE-17")
    void shouldRefuseAKeyThatIsTakenWithinTheType(ObjectType type) throws PolicyException {
        UUID key = Life.STATICALLY.add(draft, type, Map.of());
        AnyObject again = AnyObject.of(type, key, false, Map.of());

        assertRefused(WfpError.ALREADY_EXISTS, () -> again.addTo(draft));
        draft.delete(type, key);
        again.addTo(draft);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "LAYER")
    @Tag("LIFE-19")
    void shouldRefusePersistentObjectsInADynamicSession(ObjectType type) throws PolicyException {
        Draft dynamic = next(draft, DYNAMIC);

        assertRefused(WfpError.LIFETIME_MISMATCH, () -> Life.PERSISTENT.add(dynamic, type, Map.of()));
        Life.OWN_SESSION.add(dynamic, type, Map.of());
    }
}
