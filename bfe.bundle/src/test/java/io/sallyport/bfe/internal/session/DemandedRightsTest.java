package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.session.SecurityBench.ALICE;
import static io.sallyport.bfe.internal.session.SecurityBench.BOB;
import static io.sallyport.bfe.internal.session.SecurityBench.EVE;
import static io.sallyport.bfe.internal.session.SecurityBench.GUEST;
import static io.sallyport.bfe.internal.session.SecurityBench.ROOT;
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
import io.sallyport.bfe.api.Subscription;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.AnyObject;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.AccessEntry.Scope;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.layer.Layer;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import io.sallyport.policy.Provider;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which rights each call demands, and that a refusal changes nothing and is told. */
@Timeout(30)
class DemandedRightsTest {
    private static final WfpError DENIED = WfpError.ERROR_ACCESS_DENIED;
    private static final SecurityTarget FILTERS = SecurityTarget.container(ObjectType.FILTER);

    private final SecurityBench bench = new SecurityBench();

    @Test
    @Tag("SEC-7")
    void shouldDemandAddOnTheContainer() throws Exception {
        Provider own = bench.addProvider(ALICE, "alice");
        bench.setSecurity(
                ROOT, FILTERS, bench.plus(FILTERS, AccessEntry.deny(ALICE.self(), AccessRights.ADD, Scope.THIS)));
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.add(filter("f", own.key()))));
        bench.change(ALICE, it -> it.add(sublayer("s", own.key())));
        assertThat(bench.bfe.current().filters()).isEmpty();
    }

    @Test
    @Tag("SEC-7")
    void shouldDemandAddLinkOnEveryObjectReferredTo() throws Exception {
        Provider alices = bench.addProvider(ALICE, "alice");
        Provider bobs = bench.addProvider(BOB, "bob");
        Sublayer sublayer = new Sublayer(UUID.randomUUID(), DisplayData.of("bobs"), true, bobs.key(), 2_000);
        bench.change(BOB, it -> it.add(sublayer));
        Filter into = Filter.builder("f", Layer.STREAM_V4, ActionType.BLOCK)
                .provider(alices.key())
                .sublayer(sublayer.key())
                .build();
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.add(filter("f", bobs.key()))));
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.add(into)));
        assertThat(bench.denied)
                .as("objects by the names that people gave them")
                .hasSize(2)
                .anyMatch(line -> line.endsWith("filter f: user:alice (operator) needs add-link on provider bob"))
                .anyMatch(line -> line.endsWith("filter f: user:alice (operator) needs add-link on sublayer bobs"));

        SecurityTarget target = SecurityTarget.object(ObjectType.SUBLAYER, sublayer.key());
        bench.setSecurity(
                BOB, target, bench.plus(target, AccessEntry.allow(ALICE.self(), AccessRights.ADD_LINK, Scope.ALL)));
        bench.change(ALICE, it -> it.add(into));

        SecurityTarget layers = SecurityTarget.container(ObjectType.LAYER);
        bench.setSecurity(
                ROOT, layers, bench.plus(layers, AccessEntry.deny(ALICE.self(), AccessRights.ADD_LINK, Scope.BELOW)));
        assertRefused(DENIED, () -> bench.change(ALICE, it -> it.add(filter("g", alices.key()))));
    }

    @ParameterizedTest
    @EnumSource(names = {"SUBLAYER", "CALLOUT", "PROVIDER_CONTEXT", "SET"})
    @Tag("SEC-7")
    void shouldDemandAddLinkOnWhateverAFilterNames(ObjectType type) throws Exception {
        Provider alices = bench.addProvider(ALICE, "alice");
        Provider bobs = bench.addProvider(BOB, "bob");
        UUID key = UUID.randomUUID();
        bench.change(
                BOB,
                it -> AnyObject.of(type, key, false, Map.of(ObjectType.PROVIDER, bobs.key()))
                        .addTo(it));
        AnyObject naming = AnyObject.of(
                ObjectType.FILTER, UUID.randomUUID(), false, Map.of(ObjectType.PROVIDER, alices.key(), type, key));
        assertRefused(DENIED, () -> bench.change(ALICE, naming::addTo));
        assertThat(bench.denied).singleElement().asString().contains("needs add-link on " + type.word());

        SecurityTarget target = SecurityTarget.object(type, key);
        bench.setSecurity(
                BOB, target, bench.plus(target, AccessEntry.allow(ALICE.self(), AccessRights.ADD_LINK, Scope.ALL)));
        bench.change(ALICE, naming::addTo);
        assertThat(bench.bfe.current().filters()).hasSize(1);
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
        bench.setSecurity(
                ALICE,
                target,
                bench.plus(target, AccessEntry.deny(Trustee.role(Role.VIEWER), AccessRights.READ, Scope.ALL)));
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
    @Tag("SEC-7")
    void shouldDemandReadOnTheEngineToListSubscriptions() throws Exception {
        try (Session guest = bench.open(GUEST);
                Session eve = bench.open(EVE)) {
            assertRefused(DENIED, guest::subscriptions);
            assertThat(eve.subscriptions()).isEmpty();
        }
        assertThat(bench.denied).singleElement().asString().contains("needs read on the engine");
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
        bench.setSecurity(ROOT, universal, new SecurityInfo(Trustee.role(Role.ADMIN), List.of(), false));
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

    private static void apply(PolicySession session, Filter filter) throws PolicyException {
        session.apply(edit -> edit.add(filter));
    }
}
