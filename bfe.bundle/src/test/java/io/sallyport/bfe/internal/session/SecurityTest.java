package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.session.SecurityBench.ALICE;
import static io.sallyport.bfe.internal.session.SecurityBench.BOB;
import static io.sallyport.bfe.internal.session.SecurityBench.EVE;
import static io.sallyport.bfe.internal.session.SecurityBench.GUEST;
import static io.sallyport.bfe.internal.session.SecurityBench.ROOT;
import static io.sallyport.bfe.internal.session.SecurityBench.VENDOR;
import static io.sallyport.bfe.internal.session.SecurityBench.filter;
import static io.sallyport.bfe.internal.session.SecurityBench.provider;
import static io.sallyport.bfe.internal.session.SecurityBench.sublayer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.ChangeNotice;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Subscription;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.AccessEntry.Scope;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import io.sallyport.policy.Provider;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may do what (SEC): each right, where it comes from, and that a refusal changes nothing and is told. */
@Timeout(30)
class SecurityTest {
    private static final WfpError DENIED = WfpError.ERROR_ACCESS_DENIED;
    private static final SecurityTarget ENGINE = SecurityTarget.ENGINE;
    private static final SecurityTarget FILTERS = SecurityTarget.container(ObjectType.FILTER);

    private final SecurityBench bench = new SecurityBench();

    @Test
    @Tag("SEC-3")
    void shouldGiveRightsByRoleUntilSomebodySetsOthers() throws Exception {
        assertThat(rights(ROOT, ENGINE)).isEqualTo(AccessRights.GENERIC_ALL);
        assertThat(rights(ALICE, ENGINE))
                .isEqualTo(AccessRights.GENERIC_READ
                        | AccessRights.GENERIC_EXECUTE
                        | AccessRights.ADD
                        | AccessRights.BEGIN_WRITE_TXN);
        assertThat(rights(EVE, ENGINE)).isEqualTo(AccessRights.GENERIC_READ | AccessRights.GENERIC_EXECUTE);
        assertThat(rights(VENDOR, ENGINE))
                .isEqualTo(AccessRights.OPEN
                        | AccessRights.CLASSIFY
                        | AccessRights.BEGIN_READ_TXN
                        | AccessRights.BEGIN_WRITE_TXN);
        assertThat(rights(GUEST, ENGINE)).isEqualTo(AccessRights.OPEN | AccessRights.CLASSIFY);
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
        set(ROOT, ENGINE, new SecurityInfo(Trustee.role(Role.ADMIN), List.of(), false));
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
        assertThat(rights(GUEST, object)).isZero();

        Trustee guest = GUEST.self();
        set(ROOT, ENGINE, plus(ENGINE, AccessEntry.allow(guest, AccessRights.READ, Scope.BELOW)));
        assertThat(rights(GUEST, object)).isEqualTo(AccessRights.READ);
        assertThat(rights(GUEST, ENGINE) & AccessRights.READ).as("below only").isZero();

        set(ROOT, FILTERS, plus(FILTERS, AccessEntry.deny(guest, AccessRights.READ, Scope.ALL)));
        assertThat(rights(GUEST, object)).as("the container is nearer").isZero();
        assertThat(rights(GUEST, SecurityTarget.object(ObjectType.PROVIDER, own.key())))
                .as("another container")
                .isEqualTo(AccessRights.READ);

        set(ROOT, object, plus(object, AccessEntry.allow(guest, AccessRights.READ, Scope.ALL)));
        assertThat(rights(GUEST, object)).as("the object is nearest").isEqualTo(AccessRights.READ);

        SecurityInfo now = bench.bfe.current().securityOf(object);
        set(ROOT, object, new SecurityInfo(now.owner(), List.of(), true));
        assertThat(rights(EVE, object)).as("inherits nothing").isZero();
    }

    @Test
    @Tag("SEC-1")
    void shouldLetTheFirstEntryThatNamesARightDecide() throws Exception {
        Trustee eve = EVE.self();
        set(
                ROOT,
                FILTERS,
                new SecurityInfo(
                        Trustee.role(Role.ADMIN),
                        List.of(
                                AccessEntry.deny(eve, AccessRights.ENUM, Scope.ALL),
                                AccessEntry.allow(eve, AccessRights.ENUM | AccessRights.ADD, Scope.ALL),
                                AccessEntry.deny(eve, AccessRights.ADD, Scope.ALL)),
                        true));
        assertThat(rights(EVE, FILTERS)).isEqualTo(AccessRights.ADD);
    }

    @Test
    @Tag("SEC-2")
    void shouldTakeTheZeroGuidForTheContainer() throws Exception {
        SecurityTarget zero = SecurityTarget.object(ObjectType.FILTER, new UUID(0, 0));
        SecurityInfo wanted = plus(FILTERS, AccessEntry.deny(EVE.self(), AccessRights.ENUM, Scope.THIS));
        set(ROOT, zero, wanted);
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
        set(
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
        set(ALICE, target, closed);
        assertThat(rights(ALICE, target)).isEqualTo(AccessRights.READ_CONTROL | AccessRights.WRITE_DAC);
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.delete(ObjectType.PROVIDER, own.key())));
        set(ALICE, target, SecurityInfo.inherited(ALICE.self()));
        bench.change(ALICE, it -> it.delete(ObjectType.PROVIDER, own.key()));
        assertRefused(WfpError.PROVIDER_NOT_FOUND, () -> rights(ALICE, target));
    }

    @Test
    @Tag("SEC-7")
    void shouldDemandAddOnTheContainer() throws Exception {
        Provider own = bench.addProvider(ALICE, "alice");
        set(ROOT, FILTERS, plus(FILTERS, AccessEntry.deny(ALICE.self(), AccessRights.ADD, Scope.THIS)));
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.add(filter("f", own.key()))));
        bench.change(ALICE, it -> it.add(sublayer("s", own.key())));
        assertThat(bench.bfe.current().filters()).isEmpty();
    }

    @Test
    @Tag("SEC-7")
    void shouldDemandAddLinkOnEveryObjectReferredTo() throws Exception {
        Provider alices = bench.addProvider(ALICE, "alice");
        Provider bobs = bench.addProvider(BOB, "bob");
        Sublayer sublayer =
                new Sublayer(UUID.randomUUID(), io.sallyport.policy.DisplayData.of("bobs"), true, bobs.key(), 2_000);
        bench.change(BOB, it -> it.add(sublayer));
        Filter into = Filter.builder("f", io.sallyport.layer.Layer.STREAM_V4, io.sallyport.policy.ActionType.BLOCK)
                .provider(alices.key())
                .sublayer(sublayer.key())
                .build();
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.add(filter("f", bobs.key()))));
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.add(into)));
        assertThat(bench.denied).hasSize(2).allMatch(line -> line.contains("user:alice (operator) needs add-link on"));

        SecurityTarget target = SecurityTarget.object(ObjectType.SUBLAYER, sublayer.key());
        set(BOB, target, plus(target, AccessEntry.allow(ALICE.self(), AccessRights.ADD_LINK, Scope.ALL)));
        bench.change(ALICE, it -> it.add(into));

        SecurityTarget layers = SecurityTarget.container(ObjectType.LAYER);
        set(ROOT, layers, plus(layers, AccessEntry.deny(ALICE.self(), AccessRights.ADD_LINK, Scope.BELOW)));
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.add(filter("g", alices.key()))));
    }

    @Test
    @Tag("SEC-7")
    void shouldDemandDeleteOnTheObjectAndReadToSeeIt() throws Exception {
        Provider own = bench.addProvider(ALICE, "alice");
        Filter filter = filter("f", own.key());
        bench.change(ALICE, it -> it.add(filter));
        String revision = bench.bfe.revision();
        assertRefused(DENIED, () -> bench.change(BOB, it -> it.delete(ObjectType.FILTER, filter.key())));
        assertRefused(DENIED, () -> bench.change(EVE, it -> it.delete(ObjectType.FILTER, filter.key())));
        assertThat(bench.bfe.revision()).isEqualTo(revision);

        SecurityTarget target = SecurityTarget.object(ObjectType.FILTER, filter.key());
        set(ALICE, target, plus(target, AccessEntry.deny(Trustee.role(Role.VIEWER), AccessRights.READ, Scope.ALL)));
        try (Session session = bench.open(EVE)) {
            assertThat(session.view().filter(filter.key())).isNull();
            assertThat(session.view().filters()).isEmpty();
            assertThat(session.view().provider(own.key())).isNotNull();
            assertThat(session.view().revision()).isEqualTo(bench.bfe.revision());
            try (Transaction transaction = session.begin(TransactionMode.READ_ONLY)) {
                assertThat(transaction.view().filters()).isEmpty();
            }
        }
    }

    @Test
    @Tag("SEC-7")
    void shouldDemandRightsToTransactionsAndOptions() throws Exception {
        try (Session session = bench.open(EVE)) {
            assertRefused(DENIED, () -> session.begin(TransactionMode.READ_WRITE));
            assertRefused(DENIED, () -> session.setOption(EngineOption.TXN_WAIT_TIMEOUT_MS, 10));
            session.begin(TransactionMode.READ_ONLY).close();
            assertThat(session.option(EngineOption.TXN_WAIT_TIMEOUT_MS)).isEqualTo(15_000);
        }
        try (Session session = bench.open(ALICE)) {
            assertRefused(DENIED, () -> session.setOption(EngineOption.TXN_WAIT_TIMEOUT_MS, 10));
        }
        assertThat(bench.denied)
                .hasSize(3)
                .anyMatch(line -> line.contains("user:eve (viewer) needs write on the engine"));
    }

    @Test
    @Tag("SEC-8")
    void shouldInheritUnlessADescriptorIsGivenOnAdd() throws Exception {
        Filter plain = filter("plain", null);
        Filter hard = filter("hard", null);
        AccessEntry keep = AccessEntry.deny(Trustee.role(Role.ADMIN), AccessRights.GENERIC_ALL, Scope.ALL);
        bench.change(ROOT, it -> {
            it.add(plain);
            it.add(hard);
            it.secure(ObjectType.FILTER, hard.key(), new SecurityInfo(Trustee.user("nobody"), List.of(keep), false));
        });
        try (Session session = bench.open(ROOT)) {
            assertThat(session.security(SecurityTarget.object(ObjectType.FILTER, plain.key())))
                    .isEqualTo(SecurityInfo.inherited(Trustee.role(Role.ADMIN)));
        }
        assertRefused(DENIED, () -> bench.change(ROOT, it -> it.delete(ObjectType.FILTER, hard.key())));
        SecurityTarget target = SecurityTarget.object(ObjectType.FILTER, hard.key());
        set(ROOT, target, new SecurityInfo(Trustee.role(Role.ADMIN), List.of(keep), false));
        set(ROOT, target, SecurityInfo.inherited(Trustee.role(Role.ADMIN)));
        bench.change(ROOT, it -> it.delete(ObjectType.FILTER, hard.key()));
        assertThat(bench.bfe.current().filters())
                .singleElement()
                .isEqualTo(bench.bfe.current().filter(plain.key()));
    }

    @Test
    @Tag("SEC-8")
    void shouldGiveADescriptorToNewObjectsOnly() throws Exception {
        Filter filter = filter("f", null);
        bench.change(ROOT, it -> it.add(filter));
        SecurityInfo info = SecurityInfo.inherited(Trustee.role(Role.ADMIN));
        bench.change(
                ROOT,
                it -> assertRefused(WfpError.TXN_IN_PROGRESS, () -> it.secure(ObjectType.FILTER, filter.key(), info)));
        Provider own = provider("alice");
        bench.change(ALICE, it -> {
            it.add(own);
            assertRefused(DENIED, () -> it.secure(ObjectType.PROVIDER, own.key(), SecurityInfo.inherited(BOB.self())));
        });
    }

    @Test
    @Tag("SEC-9")
    @Tag("TXN-13")
    void shouldSetSecurityAndOptionsOutsideOfTransactionsOnly() throws Exception {
        Filter filter = filter("f", null);
        bench.change(ROOT, it -> it.add(filter));
        SecurityTarget target = SecurityTarget.object(ObjectType.FILTER, filter.key());
        SecurityInfo info = SecurityInfo.inherited(Trustee.role(Role.ADMIN));
        for (TransactionMode mode : TransactionMode.values()) {
            try (Session session = bench.open(ROOT);
                    Transaction transaction = session.begin(mode)) {
                assertThat(transaction).isNotNull();
                assertRefused(WfpError.TXN_IN_PROGRESS, () -> session.setSecurity(target, info));
                assertRefused(WfpError.TXN_IN_PROGRESS, () -> session.setOption(EngineOption.TXN_WAIT_TIMEOUT_MS, 10));
                assertRefused(WfpError.TXN_IN_PROGRESS, () -> session.begin(TransactionMode.READ_ONLY));
            }
        }
    }

    @Test
    @Tag("SEC-9")
    @Tag("TXN-14")
    void shouldLetDynamicSessionsSecureTheirOwnObjectsOnly() throws Exception {
        Filter statics = filter("static", null);
        bench.change(ROOT, it -> it.add(statics));
        SecurityInfo info = SecurityInfo.inherited(Trustee.role(Role.ADMIN));
        try (Session session = bench.bfe.openSession(SessionOptions.dynamic("d").as(ROOT));
                Session other =
                        bench.bfe.openSession(SessionOptions.dynamic("e").as(ROOT))) {
            Filter own = filter("own", null);
            try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
                transaction.add(own);
                transaction.commit();
            }
            SecurityTarget target = SecurityTarget.object(ObjectType.FILTER, own.key());
            SecurityInfo wanted = plus(target, AccessEntry.deny(EVE.self(), AccessRights.READ, Scope.ALL));
            session.setSecurity(target, wanted);
            assertThat(session.security(target)).isEqualTo(wanted);
            assertRefused(WfpError.DYNAMIC_SESSION_IN_PROGRESS, () -> other.setSecurity(target, info));
            assertRefused(
                    WfpError.DYNAMIC_SESSION_IN_PROGRESS,
                    () -> session.setSecurity(SecurityTarget.object(ObjectType.FILTER, statics.key()), info));
            assertRefused(WfpError.DYNAMIC_SESSION_IN_PROGRESS, () -> session.setSecurity(ENGINE, info));
            assertRefused(
                    WfpError.DYNAMIC_SESSION_IN_PROGRESS,
                    () -> session.setOption(EngineOption.TXN_WAIT_TIMEOUT_MS, 10));
        }
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

    @Test
    @Tag("SEC-7")
    void shouldLetOperatorsChangeTheirProviderAndNoOther() throws Exception {
        String shipped = "{\"apiVersion\":\"sallyport/v1\",\"provider\":\"default\",\"filters\":"
                + "[{\"name\":\"d\",\"layer\":\"stream-v4\",\"action\":\"block\"}]}";
        String operators = shipped.replace("default", "operator");
        assertThat(bench.bfe.policyFiles().add("shipped", shipped).isValid()).isTrue();
        try (Session root = bench.open(ROOT);
                Session alice = bench.open(ALICE);
                Session eve = bench.open(EVE)) {
            assertThat(root.policyFiles().add("operators", operators).isValid()).isTrue();
            String more = operators.replace("\"d\"", "\"more\"");
            PolicyReport added = alice.policyFiles().add("more", more);
            assertThat(added.problems()).isEmpty();

            PolicyReport foreign = alice.policyFiles().add("more", more.replace("\"operator\"", "\"default\""));
            assertThat(foreign.isDenied()).isTrue();
            assertThat(foreign.isValid()).isFalse();
            PolicyReport viewer = eve.policyFiles().add("even more", more.replace("more", "evenmore"));
            assertThat(viewer.isDenied()).isTrue();
        }
        assertThat(bench.bfe.current().filters()).hasSize(3);
        assertThat(bench.denied).hasSize(2);
    }

    @Test
    @Tag("SEC-7")
    void shouldScopePlugInsToTheirProvider() throws Exception {
        Provider foreign = bench.addProvider(ROOT, "p");
        try (PolicySessionImpl session = new PolicySessionImpl(bench.bfe, "com.example.vendor");
                PolicySessionImpl other = new PolicySessionImpl(bench.bfe, "com.example.other")) {
            Filter own = filter("own", null);
            session.apply(edit -> edit.add(own));
            UUID provider = bench.bfe.current().filter(own.key()).provider();
            assertThat(bench.bfe.current().provider(provider).display().name()).isEqualTo("com.example.vendor");
            assertRefused(DENIED, () -> apply(session, filter("f", foreign.key())));
            assertRefused(DENIED, () -> apply(other, filter("f", provider)));
            assertRefused(DENIED, () -> other.apply(edit -> edit.delete(ObjectType.FILTER, own.key())));
            assertThat(bench.bfe.current().filters()).hasSize(1);
        }
        assertThat(bench.bfe.current().filters()).isEmpty();
        assertThat(bench.bfe.current().provider(foreign.key())).isNotNull();
        assertThat(bench.bfe.current().providers())
                .extracting(it -> it.display().name())
                .doesNotContain("com.example.vendor", "com.example.other");
    }

    @Test
    @Tag("SEC-7")
    void shouldLetEverybodyWhoAddsReferToWhatIsBuiltIn() throws Exception {
        Provider own = bench.addProvider(ALICE, "alice");
        bench.change(ALICE, it -> it.add(filter("f", own.key())));
        SecurityTarget universal = SecurityTarget.object(ObjectType.SUBLAYER, BuiltinSublayer.UNIVERSAL.key());
        set(ROOT, universal, new SecurityInfo(Trustee.role(Role.ADMIN), List.of(), false));
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.add(filter("g", own.key()))));
        assertRefused(
                WfpError.BUILTIN_OBJECT,
                () -> bench.change(ROOT, it -> it.delete(ObjectType.SUBLAYER, BuiltinSublayer.UNIVERSAL.key())));
    }

    @Test
    @Tag("NOTE-5")
    @Tag("SEC-7")
    void shouldNotifyAndEnumerateWhatMayBeReadOnly() throws Exception {
        Provider open = provider("open");
        Provider hidden = provider("hidden");
        BlockingQueue<ChangeNotice> told = new LinkedBlockingQueue<>();
        EnumTemplate.Providers all = new EnumTemplate.Providers();
        try (Session eve = bench.open(EVE);
                Session guest = bench.open(GUEST);
                Subscription subscription = eve.subscribeChanges(all, Set.of(ChangeType.ADD), told::add)) {
            assertThat(subscription).isNotNull();
            assertRefused(DENIED, () -> guest.subscribeChanges(all, Set.of(ChangeType.ADD), told::add));
            bench.change(ROOT, it -> {
                it.add(hidden);
                it.secure(
                        ObjectType.PROVIDER,
                        hidden.key(),
                        new SecurityInfo(
                                Trustee.role(Role.ADMIN),
                                List.of(AccessEntry.deny(EVE.self(), AccessRights.READ, Scope.ALL)),
                                false));
                it.add(open);
            });
            assertThat(told.take().key()).isEqualTo(open.key());
            assertThat(told).isEmpty();
            try (EnumHandle<Provider> handle = eve.createEnumHandle(all)) {
                assertThat(handle.next(100)).contains(open).doesNotContain(hidden);
            }
            try (EnumHandle<Provider> handle = guest.createEnumHandle(all)) {
                assertThat(handle.next(100)).isEmpty();
            }
            try (EnumHandle<SessionInfo> handle = guest.createEnumHandle(new EnumTemplate.Sessions())) {
                assertThat(handle.next(100)).isEmpty();
            }
        }
    }

    @Test
    @Tag("LIFE-20")
    void shouldChangeSecurityInPlaceWithoutANewPolicy() throws Exception {
        Filter filter = filter("f", null);
        bench.change(ROOT, it -> it.add(filter));
        Filter before = bench.bfe.current().filter(filter.key());
        int published = bench.engine.published.size();
        SecurityTarget target = SecurityTarget.object(ObjectType.FILTER, filter.key());
        set(ROOT, target, plus(target, AccessEntry.deny(EVE.self(), AccessRights.READ, Scope.ALL)));
        assertThat(bench.bfe.current().filter(filter.key())).isSameAs(before);
        assertThat(bench.engine.published).hasSize(published);
    }

    private static void apply(PolicySession session, Filter filter) throws PolicyException {
        session.apply(edit -> edit.add(filter));
    }

    private int rights(Principal principal, SecurityTarget target) throws PolicyException {
        try (Session session = bench.open(principal)) {
            return session.rights(target);
        }
    }

    private void set(Principal principal, SecurityTarget target, SecurityInfo info) throws PolicyException {
        try (Session session = bench.open(principal)) {
            session.setSecurity(target, info);
        }
    }

    /** What is there, with an entry before the others. */
    private SecurityInfo plus(SecurityTarget target, AccessEntry entry) {
        SecurityInfo old = bench.bfe.current().securityOf(target);
        List<AccessEntry> entries = new java.util.ArrayList<>(List.of(entry));
        entries.addAll(old.entries());
        return new SecurityInfo(old.owner(), entries, old.isProtected());
    }
}
