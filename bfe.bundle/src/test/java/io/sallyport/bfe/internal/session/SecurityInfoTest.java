package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.session.SecurityBench.ALICE;
import static io.sallyport.bfe.internal.session.SecurityBench.BOB;
import static io.sallyport.bfe.internal.session.SecurityBench.EVE;
import static io.sallyport.bfe.internal.session.SecurityBench.ROOT;
import static io.sallyport.bfe.internal.session.SecurityBench.filter;
import static io.sallyport.bfe.internal.session.SecurityBench.provider;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.AccessEntry.Scope;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How security information gets to an object: inherited, given on add, or set later; and when it cannot be set. */
@Timeout(30)
class SecurityInfoTest {
    private static final WfpError DENIED = WfpError.ERROR_ACCESS_DENIED;
    private static final SecurityTarget ENGINE = SecurityTarget.ENGINE;

    private final SecurityBench bench = new SecurityBench();

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
        bench.setSecurity(ROOT, target, new SecurityInfo(Trustee.role(Role.ADMIN), List.of(keep), false));
        bench.setSecurity(ROOT, target, SecurityInfo.inherited(Trustee.role(Role.ADMIN)));
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
            SecurityInfo wanted = bench.plus(target, AccessEntry.deny(EVE.self(), AccessRights.READ, Scope.ALL));
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
    @Tag("LIFE-20")
    void shouldChangeSecurityInPlaceWithoutANewPolicy() throws Exception {
        Filter filter = filter("f", null);
        bench.change(ROOT, it -> it.add(filter));
        Filter before = bench.bfe.current().filter(filter.key());
        int published = bench.engine.published.size();
        SecurityTarget target = SecurityTarget.object(ObjectType.FILTER, filter.key());
        bench.setSecurity(ROOT, target, bench.plus(target, AccessEntry.deny(EVE.self(), AccessRights.READ, Scope.ALL)));
        assertThat(bench.bfe.current().filter(filter.key())).isSameAs(before);
        assertThat(bench.engine.published).hasSize(published);
    }
}
