package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.session.SecurityBench.ALICE;
import static io.sallyport.bfe.internal.session.SecurityBench.EVE;
import static io.sallyport.bfe.internal.session.SecurityBench.GUEST;
import static io.sallyport.bfe.internal.session.SecurityBench.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.AccessEntry.Scope;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
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
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who may see, name, edit and delete a set. */
class SetSecurityTest {
    private static final WfpError DENIED = WfpError.ERROR_ACCESS_DENIED;
    private static final UUID SET = new UUID(5, 1);
    private static final SecurityTarget TARGET = SecurityTarget.object(ObjectType.SET, SET);

    private final SecurityBench bench = new SecurityBench();

    @BeforeEach
    void addSet() throws PolicyException {
        bench.change(
                ROOT,
                it -> it.add(new PolicySet(SET, DisplayData.of("web"), false, null, SetKind.PORTS, SetEntries.EMPTY)));
    }

    private void allowAlice(int right) throws PolicyException {
        SecurityInfo old = bench.bfe.current().securityOf(TARGET);
        AccessEntry entry = AccessEntry.allow(ALICE.self(), right, Scope.ALL);
        bench.setSecurity(ROOT, TARGET, new SecurityInfo(old.owner(), List.of(entry), old.isProtected()));
    }

    private int size() {
        PolicySet set = bench.bfe.current().set(SET);
        return set == null ? -1 : set.entries().size();
    }

    @Test
    @Tag("SEC-3")
    void shouldBeEditedByWhoMayWrite() throws Exception {
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.editSet(SET, List.of(), List.of("80"))));
        assertThat(size()).isZero();
        assertThat(bench.denied).singleElement().asString().contains("set web");
        allowAlice(AccessRights.WRITE);
        bench.change(ALICE, it -> it.editSet(SET, List.of(), List.of("80")));
        assertThat(size()).isEqualTo(1);
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.delete(ObjectType.SET, SET)));
        allowAlice(AccessRights.DELETE);
        bench.change(ALICE, it -> it.delete(ObjectType.SET, SET));
        assertThat(size()).isEqualTo(-1);
    }

    @Test
    @Tag("SEC-3")
    void shouldBeNamedByWhoMayAddLinks() throws Exception {
        Filter filter = Filter.builder("f", Layer.ALE_AUTH_CONNECT_V4, ActionType.BLOCK)
                .provider(bench.addProvider(ALICE, "of alice").key())
                .when(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, new Value.InSet(SET, SetKind.PORTS)))
                .build();
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.add(filter)));
        allowAlice(AccessRights.ADD_LINK);
        bench.change(ALICE, it -> it.add(filter));
        assertThat(bench.bfe.current().filters()).hasSize(1);
    }

    @Test
    @Tag("SEC-4")
    void shouldBeSeenByWhoMayRead() throws Exception {
        try (Session guest = bench.open(GUEST);
                Session viewer = bench.open(EVE)) {
            assertThat(guest.view().sets()).isEmpty();
            assertThat(guest.view().set(SET)).isNull();
            assertThat(viewer.view().set(SET)).isNotNull();
        }
    }

    /** Entries are listed, exported and stored by their texts. */
    @Test
    @Tag("LIFE-2")
    void shouldBelongToThePlugInThatAddedIt() throws Exception {
        UUID own = new UUID(5, 3);
        Condition isInside = new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, new Value.InSet(own, SetKind.PORTS));
        try (PolicySessionImpl session = new PolicySessionImpl(bench.bfe, "com.example.vendor");
                PolicySessionImpl other = new PolicySessionImpl(bench.bfe, "com.example.other")) {
            session.apply(edit -> {
                edit.add(new PolicySet(own, DisplayData.of("mine"), false, null, SetKind.PORTS, SetEntries.EMPTY));
                edit.editSet(own, List.of(), List.of("80", "443"));
                edit.add(Filter.builder("f", Layer.ALE_AUTH_CONNECT_V4, ActionType.BLOCK)
                        .when(isInside)
                        .build());
            });
            session.apply(edit -> edit.editSet(own, List.of("80"), List.of("8000-8099")));
            assertThat(bench.bfe.current().set(own).entries().list())
                    .extracting(SetEntry::text)
                    .containsExactly("443", "8000-8099");
            assertThat(bench.bfe.current().set(own).provider())
                    .isEqualTo(bench.bfe.current().filters().iterator().next().provider());
            assertRefused(DENIED, () -> other.apply(edit -> edit.editSet(own, List.of(), List.of("22"))));
            assertRefused(DENIED, () -> session.apply(edit -> edit.editSet(SET, List.of(), List.of("22"))));
            assertRefused(
                    WfpError.INVALID_PARAMETER,
                    () -> session.apply(edit -> edit.editSet(own, List.of("443"), List.of("no port"))));
            assertThat(bench.bfe.current().set(own).entries().size()).isEqualTo(2);
        }
        assertThat(bench.bfe.current().set(own)).isNull();
        assertThat(bench.bfe.current().filters()).isEmpty();
    }

    @Test
    void shouldNotHoldWhatIsWrittenLikeSomethingElse() {
        SetEntries entries = SetEntries.EMPTY.edited(List.of(), List.of(new SetEntry("80", false, 0, 81, 0, 81)));
        PolicySet set = new PolicySet(new UUID(5, 2), DisplayData.of("odd"), false, null, SetKind.PORTS, entries);
        assertRefused(WfpError.INVALID_PARAMETER, () -> bench.change(ROOT, it -> it.add(set)));
    }
}
