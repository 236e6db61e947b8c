package io.sallyport.bfe.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.bfe.internal.store.Stored;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.AccessEntry.Scope;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.layer.Layer;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.Provider;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Owners, access entries and options outlive the process, and a store of before there were any is read. */
class StoredSecurityTest {
    private static final SessionId GATEWAY = new SessionId(1, "gateway", false);

    @TempDir
    Path folder;

    @Test
    @Tag("SEC-1")
    void shouldReadBackWhatWasSet() throws Exception {
        PolicyState policy = RandomPolicy.of(3, 20);
        Draft draft = new Draft(policy, GATEWAY);
        SecurityInfo info = new SecurityInfo(
                Trustee.user("alice"),
                List.of(
                        AccessEntry.deny(Trustee.bundle("com.example.b"), AccessRights.DELETE, Scope.ALL),
                        AccessEntry.allow(Trustee.EVERYONE, AccessRights.GENERIC_READ, Scope.BELOW)),
                true);
        List<SecurityTarget> targets = new java.util.ArrayList<>(List.of(
                SecurityTarget.ENGINE,
                SecurityTarget.container(ObjectType.FILTER),
                SecurityTarget.object(ObjectType.LAYER, Layer.STREAM_V4.key()),
                SecurityTarget.object(ObjectType.SUBLAYER, BuiltinSublayer.UNIVERSAL.key())));
        policy.storedFilters().stream()
                .filter(ObjectsThatStay::stays)
                .forEach(it -> targets.add(
                        SecurityTarget.object(ObjectType.FILTER, it.object().key())));
        for (SecurityTarget target : targets) {
            draft.settings().setSecurity(target, info);
        }
        draft.settings().setOption(EngineOption.TXN_WATCHDOG_TIMEOUT_MS, 77);
        try (PolicyStore store = PolicyStore.open(folder)) {
            store.commit(draft.freeze());
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            PolicyState read = store.load();
            assertThat(targets)
                    .hasSizeGreaterThan(5)
                    .allSatisfy(target -> assertThat(read.securityOf(target)).isEqualTo(info));
            assertThat(read.option(EngineOption.TXN_WATCHDOG_TIMEOUT_MS)).isEqualTo(77);
            assertThat(read.option(EngineOption.TXN_WAIT_TIMEOUT_MS)).isEqualTo(15_000);
            assertThat(read.securityOf(SecurityTarget.container(ObjectType.CALLOUT)))
                    .isEqualTo(SecurityInfo.inherited(Trustee.role(Role.ADMIN)));
        }
    }

    @Test
    void shouldReadAStoreOfFormatOneAndWriteFormatTwo() throws Exception {
        FirstFormat.copyTo(folder);
        try (PolicyStore store = PolicyStore.open(folder)) {
            PolicyState read = store.load();
            assertThat(read.revision()).isEqualTo("3bd026db4ddb4049");
            assertThat(owner(read, "operator")).isEqualTo(Trustee.role(Role.OPERATOR));
            assertThat(owner(read, "default")).isEqualTo(Trustee.role(Role.ADMIN));
            assertThat(read.storedFilters())
                    .hasSize(3)
                    .allSatisfy(it -> assertThat(it.security().owner())
                            .isEqualTo(read.securityOf(SecurityTarget.object(
                                            ObjectType.PROVIDER, it.object().provider()))
                                    .owner()));
            store.commit(read);
            assertThat(store.head().format()).isEqualTo(2);
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            PolicyState read = store.load();
            assertThat(read.revision()).isEqualTo("3bd026db4ddb4049");
            assertThat(owner(read, "operator")).isEqualTo(Trustee.role(Role.OPERATOR));
        }
    }

    private static Trustee owner(PolicyState state, String provider) {
        for (Stored<Provider> it : state.storedProviders()) {
            if (it.object().display().name().equals(provider)) {
                return it.security().owner();
            }
        }
        throw new AssertionError("no provider " + provider);
    }

    /** Which objects are in the store. */
    private static final class ObjectsThatStay {
        static boolean stays(Stored<?> it) {
            return switch (it.lifetime()) {
                case PERSISTENT, BOOT_TIME -> true;
                case DYNAMIC, STATIC, BUILT_IN -> false;
            };
        }
    }
}
