package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.session.SecurityBench.ALICE;
import static io.sallyport.bfe.internal.session.SecurityBench.EVE;
import static io.sallyport.bfe.internal.session.SecurityBench.GUEST;
import static io.sallyport.bfe.internal.session.SecurityBench.ROOT;
import static io.sallyport.bfe.internal.session.SecurityBench.VENDOR;
import static io.sallyport.bfe.internal.session.SecurityBench.filter;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.AccessEntry.Scope;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.Provider;
import io.sallyport.policy.WfpError;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where rights come from: roles, the entries of an object and of what it is in, and what nobody can take away. */
@Timeout(30)
class RightsTest {
    private static final WfpError DENIED = WfpError.ERROR_ACCESS_DENIED;
    private static final SecurityTarget ENGINE = SecurityTarget.ENGINE;
    private static final SecurityTarget FILTERS = SecurityTarget.container(ObjectType.FILTER);

    private final SecurityBench bench = new SecurityBench();

    @Test
    @Tag("SEC-3")
    void shouldGiveRightsByRoleUntilSomebodySetsOthers() throws Exception {
        assertThat(bench.rights(ROOT, ENGINE)).isEqualTo(AccessRights.GENERIC_ALL);
        assertThat(bench.rights(ALICE, ENGINE))
                .isEqualTo(AccessRights.GENERIC_READ
                        | AccessRights.GENERIC_EXECUTE
                        | AccessRights.ADD
                        | AccessRights.BEGIN_WRITE_TXN);
        assertThat(bench.rights(EVE, ENGINE)).isEqualTo(AccessRights.GENERIC_READ | AccessRights.GENERIC_EXECUTE);
        assertThat(bench.rights(VENDOR, ENGINE))
                .isEqualTo(AccessRights.OPEN
                        | AccessRights.CLASSIFY
                        | AccessRights.BEGIN_READ_TXN
                        | AccessRights.BEGIN_WRITE_TXN);
        assertThat(bench.rights(GUEST, ENGINE)).isEqualTo(AccessRights.OPEN | AccessRights.CLASSIFY);
    }

    @Test
    @Tag("SEC-4")
    void shouldLetGuestsOpenASessionAndSeeNothing() throws Exception {
        bench.change(ROOT, it -> it.add(filter("f", null)));
        try (Session session = bench.open(GUEST)) {
            assertThat(session.view().filters()).isEmpty();
            assertThat(session.view().sublayers()).isEmpty();
            assertRefused(DENIED, () -> session.begin(TransactionMode.READ_ONLY));
            assertRefused(DENIED, session::sessions);
            assertRefused(DENIED, () -> session.option(EngineOption.TXN_WAIT_TIMEOUT_MS));
        }
        try (Session session = bench.open(EVE)) {
            assertThat(session.view().filters()).hasSize(1);
        }
    }

    @Test
    @Tag("SEC-5")
    void shouldCheckNothingOfTheGatewayItself() throws Exception {
        bench.setSecurity(ROOT, ENGINE, new SecurityInfo(Trustee.role(Role.ADMIN), List.of(), false));
        bench.change(Principal.SYSTEM, it -> it.add(filter("f", null)));
        assertRefused(DENIED, () -> bench.open(ALICE));
        assertThat(bench.bfe.current().filters()).hasSize(1);
    }

    @Test
    @Tag("SEC-1")
    void shouldInheritFromEngineToContainerToObject() throws Exception {
        Provider own = bench.addProvider(ROOT, "p");
        Filter filter = filter("f", own.key());
        bench.change(ROOT, it -> it.add(filter));
        SecurityTarget object = SecurityTarget.object(ObjectType.FILTER, filter.key());
        assertThat(bench.rights(GUEST, object)).isZero();

        Trustee guest = GUEST.self();
        bench.setSecurity(ROOT, ENGINE, bench.plus(ENGINE, AccessEntry.allow(guest, AccessRights.READ, Scope.BELOW)));
        assertThat(bench.rights(GUEST, object)).isEqualTo(AccessRights.READ);
        assertThat(bench.rights(GUEST, ENGINE) & AccessRights.READ)
                .as("below only")
                .isZero();

        bench.setSecurity(ROOT, FILTERS, bench.plus(FILTERS, AccessEntry.deny(guest, AccessRights.READ, Scope.ALL)));
        assertThat(bench.rights(GUEST, object)).as("the container is nearer").isZero();
        assertThat(bench.rights(GUEST, SecurityTarget.object(ObjectType.PROVIDER, own.key())))
                .as("another container")
                .isEqualTo(AccessRights.READ);

        bench.setSecurity(ROOT, object, bench.plus(object, AccessEntry.allow(guest, AccessRights.READ, Scope.ALL)));
        assertThat(bench.rights(GUEST, object)).as("the object is nearest").isEqualTo(AccessRights.READ);

        SecurityInfo now = bench.bfe.current().securityOf(object);
        bench.setSecurity(ROOT, object, new SecurityInfo(now.owner(), List.of(), true));
        assertThat(bench.rights(EVE, object)).as("inherits nothing").isZero();
    }

    @Test
    @Tag("SEC-1")
    void shouldLetTheFirstEntryThatNamesARightDecide() throws Exception {
        Trustee eve = EVE.self();
        bench.setSecurity(
                ROOT,
                FILTERS,
                new SecurityInfo(
                        Trustee.role(Role.ADMIN),
                        List.of(
                                AccessEntry.deny(eve, AccessRights.ENUM, Scope.ALL),
                                AccessEntry.allow(eve, AccessRights.ENUM | AccessRights.ADD, Scope.ALL),
                                AccessEntry.deny(eve, AccessRights.ADD, Scope.ALL)),
                        true));
        assertThat(bench.rights(EVE, FILTERS)).isEqualTo(AccessRights.ADD);
    }

    @Test
    @Tag("SEC-2")
    void shouldTakeTheZeroGuidForTheContainer() throws Exception {
        SecurityTarget zero = SecurityTarget.object(ObjectType.FILTER, new UUID(0, 0));
        SecurityInfo wanted = bench.plus(FILTERS, AccessEntry.deny(EVE.self(), AccessRights.ENUM, Scope.THIS));
        bench.setSecurity(ROOT, zero, wanted);
        try (Session session = bench.open(ROOT)) {
            assertThat(session.security(FILTERS)).isEqualTo(wanted);
            assertThat(session.security(zero)).isEqualTo(wanted);
        }
        bench.change(ROOT, it -> it.add(filter("f", null)));
        try (Session session = bench.open(EVE)) {
            assertThat(session.view().filters()).isEmpty();
            assertThat(session.view().sublayers()).isNotEmpty();
        }
    }

    @Test
    @Tag("SEC-6")
    void shouldLetAdministratorsRepairALockOut() throws Exception {
        Trustee alice = ALICE.self();
        bench.setSecurity(
                ROOT,
                ENGINE,
                new SecurityInfo(
                        alice,
                        List.of(AccessEntry.deny(Trustee.role(Role.ADMIN), AccessRights.GENERIC_ALL, Scope.ALL)),
                        false));
        try (Session session = bench.open(ROOT)) {
            assertRefused(DENIED, () -> session.begin(TransactionMode.READ_ONLY));
            assertRefused(DENIED, () -> session.security(ENGINE));
            SecurityInfo open = new SecurityInfo(
                    Trustee.role(Role.ADMIN),
                    List.of(AccessEntry.allow(Trustee.role(Role.ADMIN), AccessRights.GENERIC_ALL, Scope.ALL)),
                    false);
            session.setSecurity(ENGINE, open);
            assertThat(session.rights(ENGINE)).isEqualTo(AccessRights.GENERIC_ALL);
        }
    }

    @Test
    @Tag("SEC-6")
    void shouldAlwaysLetTheOwnerChangeTheList() throws Exception {
        Provider own = bench.addProvider(ALICE, "alice");
        SecurityTarget target = SecurityTarget.object(ObjectType.PROVIDER, own.key());
        SecurityInfo closed = new SecurityInfo(
                ALICE.self(), List.of(AccessEntry.deny(Trustee.EVERYONE, AccessRights.GENERIC_ALL, Scope.ALL)), true);
        bench.setSecurity(ALICE, target, closed);
        assertThat(bench.rights(ALICE, target)).isEqualTo(AccessRights.READ_CONTROL | AccessRights.WRITE_DAC);
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.delete(ObjectType.PROVIDER, own.key())));
        bench.setSecurity(ALICE, target, SecurityInfo.inherited(ALICE.self()));
        bench.change(ALICE, it -> it.delete(ObjectType.PROVIDER, own.key()));
        assertRefused(WfpError.PROVIDER_NOT_FOUND, () -> bench.rights(ALICE, target));
    }

    @Test
    @Tag("SEC-10")
    void shouldMapGenericRightsToTheirSets() {
        assertThat(AccessRights.GENERIC_READ)
                .isEqualTo(AccessRights.READ_CONTROL
                        | AccessRights.BEGIN_READ_TXN
                        | AccessRights.CLASSIFY
                        | AccessRights.OPEN
                        | AccessRights.READ
                        | AccessRights.READ_STATS);
        assertThat(AccessRights.GENERIC_EXECUTE)
                .isEqualTo(AccessRights.READ_CONTROL | AccessRights.ENUM | AccessRights.SUBSCRIBE);
        assertThat(AccessRights.GENERIC_WRITE)
                .isEqualTo(AccessRights.READ_CONTROL
                        | AccessRights.DELETE
                        | AccessRights.ADD
                        | AccessRights.ADD_LINK
                        | AccessRights.BEGIN_WRITE_TXN
                        | AccessRights.WRITE);
        assertThat(AccessEntry.rights(List.of("generic-execute"))).hasValue(AccessRights.GENERIC_EXECUTE);
        assertThat(AccessEntry.names(AccessRights.GENERIC_WRITE)).containsExactly("generic-write");
        assertThat(AccessEntry.names(AccessRights.DELETE | AccessRights.READ)).containsExactly("read", "delete");
        assertThat(AccessEntry.rights(List.of("read", "fly"))).isEmpty();
    }
}
