package io.sallyport.bfe.internal.store;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.store.Samples.DYNAMIC;
import static io.sallyport.bfe.internal.store.Samples.STATIC;
import static io.sallyport.bfe.internal.store.Samples.filter;
import static io.sallyport.bfe.internal.store.Samples.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.bfe.internal.file.EntryParser;
import io.sallyport.engine.api.PolicyChange;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sets as objects: references, lifetimes, edits, and what the engine gets of an edit. */
class SetsTest {
    private final Draft draft = new Draft(PolicyState.initial(), STATIC);

    private static PolicySet addresses(boolean isPersistent, String... entries) throws PolicyException {
        return new PolicySet(
                UUID.randomUUID(),
                name("bad"),
                isPersistent,
                null,
                SetKind.ADDRESSES,
                SetEntries.EMPTY.edited(List.of(), parsed(entries)));
    }

    private static List<SetEntry> parsed(String... entries) throws PolicyException {
        return EntryParser.parse(SetKind.ADDRESSES, List.of(entries));
    }

    private static Filter.Builder naming(PolicySet set, Field field, SetKind kind) {
        return Filter.builder("f", Layer.ALE_AUTH_CONNECT_V4, ActionType.BLOCK)
                .when(new Condition(field, MatchType.EQUAL, new Value.InSet(set.key(), kind)));
    }

    private static Filter.Builder naming(PolicySet set) {
        return naming(set, Field.IP_REMOTE_ADDRESS, SetKind.ADDRESSES);
    }

    @Test
    @Tag("LIFE-14")
    void shouldNotDeleteASetThatAFilterNames() throws PolicyException {
        PolicySet set = draft.add(addresses(false, "192.0.2.1"));
        Filter filter = draft.add(naming(set).build());
        assertThatThrownBy(() -> draft.delete(ObjectType.SET, set.key()))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining("IN_USE")
                .hasMessageContaining("set bad (" + set.key() + "): filter f names it; delete what names it");
        draft.delete(ObjectType.FILTER, filter.key());
        draft.delete(ObjectType.SET, set.key());
        assertThat(draft.freeze().sets()).isEmpty();
    }

    @Test
    @Tag("LIFE-12")
    void shouldNotBeNamedByWhatOutlivesIt() throws PolicyException {
        PolicySet set = draft.add(addresses(false, "192.0.2.1"));
        assertRefused(
                WfpError.LIFETIME_MISMATCH,
                () -> draft.add(naming(set).flags(FilterFlags.PERSISTENT).build()));
        assertThatThrownBy(() ->
                        draft.add(naming(set).flags(FilterFlags.PERSISTENT).build()))
                .hasMessageContaining("filter f, condition on ip-remote-address -> set bad: a persistent object");
        PolicySet persistent = draft.add(addresses(true, "192.0.2.1"));
        assertRefused(
                WfpError.LIFETIME_MISMATCH,
                () -> draft.add(naming(persistent).flags(FilterFlags.BOOTTIME).build()));
    }

    @Test
    @Tag("COND-5")
    void shouldFitFieldAndKind() throws PolicyException {
        PolicySet set = draft.add(addresses(false));
        assertRefused(
                WfpError.TYPE_MISMATCH,
                () -> draft.add(
                        naming(set, Field.IP_REMOTE_PORT, SetKind.ADDRESSES).build()));
        assertThatThrownBy(() -> draft.add(
                        naming(set, Field.IP_REMOTE_PORT, SetKind.PORTS).build()))
                .hasMessageContaining("TYPE_MISMATCH")
                .hasMessageContaining(
                        "filter f, condition on ip-remote-port -> set bad: it holds addresses; name a set of ports");
        assertRefused(
                WfpError.NOT_FOUND,
                () -> draft.add(filter("f")
                        .when(new Condition(
                                Field.IP_REMOTE_ADDRESS,
                                MatchType.EQUAL,
                                new Value.InSet(UUID.randomUUID(), SetKind.ADDRESSES)))
                        .build()));
    }

    @Test
    void shouldEditAllOrNothing() throws PolicyException {
        PolicySet set = draft.add(addresses(false, "192.0.2.1", "2001:DB8::/32"));
        assertRefused(WfpError.NOT_FOUND, () -> draft.editSet(set.key(), parsed("2001:db8::/32"), List.of()));
        assertRefused(
                WfpError.ALREADY_EXISTS, () -> draft.editSet(set.key(), List.of(), parsed("192.0.2.9", "192.0.2.1")));
        assertThat(draft.freeze().set(set.key())).isEqualTo(set);

        PolicySet edited = draft.editSet(set.key(), parsed("192.0.2.1"), parsed("10.0.0.0-10.0.0.9"));
        assertThat(edited.entries().list())
                .extracting(SetEntry::text)
                .containsExactly("10.0.0.0-10.0.0.9", "2001:DB8::/32");
    }

    @Test
    void shouldNameEachBadEntry() {
        assertThatThrownBy(() -> parsed("10.0.0.1/8", "10.0.0.9-10.0.0.1", "1.2.3", "192.0.2.1"))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining("10.0.0.1/8")
                .hasMessageContaining("10.0.0.9-10.0.0.1")
                .hasMessageContaining("\"1.2.3\"");
    }

    @Test
    void shouldHoldOneKindOnly() throws PolicyException {
        PolicySet ports = new PolicySet(
                UUID.randomUUID(),
                name("web"),
                false,
                null,
                SetKind.PORTS,
                SetEntries.EMPTY.edited(List.of(), parsed("192.0.2.1")));
        assertRefused(WfpError.TYPE_MISMATCH, () -> draft.add(ports));
    }

    @Test
    void shouldNotBeEditedByAnotherSession() throws PolicyException {
        PolicySet set = draft.add(addresses(false, "192.0.2.1"));
        Draft dynamic = Samples.next(draft, DYNAMIC);
        assertRefused(
                WfpError.DYNAMIC_SESSION_IN_PROGRESS, () -> dynamic.editSet(set.key(), List.of(), parsed("192.0.2.2")));
    }

    @Test
    void shouldGiveTheEngineTheSetAndNoFilter() throws PolicyException {
        PolicySet set = draft.add(addresses(true, "192.0.2.1"));
        draft.add(naming(set).build());
        PolicyState before = draft.freeze();
        Draft next = Samples.next(draft, STATIC);
        PolicySet edited = next.editSet(set.key(), List.of(), parsed("192.0.2.7"));

        PolicyChange change = Objects.requireNonNull(ImageTranslator.change(before, next.freeze()));
        assertThat(change.filters()).isEmpty();
        assertThat(change.removedFilters()).isEmpty();
        assertThat(change.sets()).containsOnlyKeys(set.key()).containsValue(edited.entries());
        assertThat(next.freeze().revision()).isNotEqualTo(before.revision());

        Draft back = Samples.next(next, STATIC);
        back.editSet(set.key(), parsed("192.0.2.7"), List.of());
        assertThat(back.freeze().revision()).isEqualTo(before.revision());
    }
}
