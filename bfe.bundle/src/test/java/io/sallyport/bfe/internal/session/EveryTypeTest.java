package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static io.sallyport.bfe.internal.session.SecurityBench.ALICE;
import static io.sallyport.bfe.internal.session.SecurityBench.ROOT;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.ChangeNotice;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.internal.AnyObject;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.AccessEntry.Scope;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.layer.Layer;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The calls for objects, through a session, whatever the type: add, get, enumerate, subscribe, security, delete. */
@Timeout(60)
class EveryTypeTest {
    private static final long DEADLINE_S = 20;
    private static final UUID KEY = new UUID(4, 4);

    private final SecurityBench bench = new SecurityBench();

    private static EnumTemplate<?> all(ObjectType type) {
        return switch (type) {
            case PROVIDER -> new EnumTemplate.Providers();
            case SUBLAYER -> new EnumTemplate.Sublayers(null);
            case CALLOUT -> new EnumTemplate.Callouts(null, null);
            case PROVIDER_CONTEXT -> new EnumTemplate.ProviderContexts(null);
            case SET -> new EnumTemplate.Sets(null);
            case FILTER -> new EnumTemplate.Filters(FilterTemplate.all());
            case LAYER -> new EnumTemplate.Layers();
        };
    }

    private static Object get(PolicyView view, ObjectType type) {
        return switch (type) {
            case PROVIDER -> view.provider(KEY);
            case SUBLAYER -> view.sublayer(KEY);
            case CALLOUT -> view.callout(KEY);
            case PROVIDER_CONTEXT -> view.providerContext(KEY);
            case SET -> view.set(KEY);
            case FILTER -> view.filter(KEY);
            case LAYER -> throw new IllegalArgumentException("layers are fixed");
        };
    }

    private static Class<?> classOf(ObjectType type) {
        return switch (type) {
            case PROVIDER -> Provider.class;
            case SUBLAYER -> Sublayer.class;
            case CALLOUT -> CalloutObject.class;
            case PROVIDER_CONTEXT -> ProviderContext.class;
            case SET -> PolicySet.class;
            case FILTER -> Filter.class;
            case LAYER -> Layer.class;
        };
    }

    private static List<Object> enumerate(Session session, ObjectType type) throws PolicyException {
        try (EnumHandle<?> handle = session.createEnumHandle(all(type))) {
            return List.copyOf(handle.next(1_000));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "LAYER")
    @Tag("OBJ-2")
    void shouldAddGetEnumerateTellAndDeleteAlike(ObjectType type) throws Exception {
        BlockingQueue<ChangeNotice> heard = new LinkedBlockingQueue<>();
        try (Session session = bench.open(ROOT)) {
            List<Object> before = enumerate(session, type);
            session.subscribeChanges(all(type), EnumSet.allOf(ChangeType.class), heard::add);
            bench.change(ROOT, it -> AnyObject.of(type, KEY, false, Map.of()).addTo(it));

            Object added = get(session.view(), type);
            assertThat(added).isInstanceOf(classOf(type));
            assertThat(enumerate(session, type))
                    .hasSize(before.size() + 1)
                    .containsAll(before)
                    .contains(added);
            expect(heard, ChangeType.ADD, type);

            bench.change(ROOT, it -> it.delete(type, KEY));
            assertThat(get(session.view(), type)).isNull();
            assertThat(enumerate(session, type)).containsExactlyInAnyOrderElementsOf(before);
            expect(heard, ChangeType.DELETE, type);
            assertThat(heard).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "LAYER")
    @Tag("OBJ-2")
    void shouldSecureAlike(ObjectType type) throws Exception {
        bench.change(ROOT, it -> AnyObject.of(type, KEY, false, Map.of()).addTo(it));
        SecurityTarget target = SecurityTarget.object(type, KEY);
        SecurityInfo hiding = bench.plus(target, AccessEntry.deny(ALICE.self(), AccessRights.READ, Scope.ALL));
        try (Session root = bench.open(ROOT);
                Session alice = bench.open(ALICE)) {
            assertThat(get(alice.view(), type)).isNotNull();
            assertRefused(WfpError.ERROR_ACCESS_DENIED, () -> alice.setSecurity(target, hiding));
            root.setSecurity(target, hiding);
            assertThat(root.security(target)).isEqualTo(hiding);
            assertThat(get(alice.view(), type)).isNull();
            assertThat(get(root.view(), type)).isNotNull();
            assertRefused(WfpError.ERROR_ACCESS_DENIED, () -> bench.change(ALICE, it -> it.delete(type, KEY)));
        }
    }

    @Test
    @Tag("OBJ-2")
    void shouldEnumerateAndSecureLayersButNeverDeleteThem() throws Exception {
        UUID key = Layer.STREAM_V4.key();
        SecurityTarget target = SecurityTarget.object(ObjectType.LAYER, key);
        SecurityInfo info = bench.plus(target, AccessEntry.deny(ALICE.self(), AccessRights.ADD_LINK, Scope.ALL));
        try (Session session = bench.open(ROOT)) {
            assertThat(enumerate(session, ObjectType.LAYER)).containsExactlyInAnyOrder((Object[]) Layer.values());
            session.setSecurity(target, info);
            assertThat(session.security(target)).isEqualTo(info);
            assertRefused(
                    WfpError.NEVER_MATCH,
                    () -> session.subscribeChanges(
                            all(ObjectType.LAYER), EnumSet.allOf(ChangeType.class), notice -> {}));
        }
        assertRefused(WfpError.BUILTIN_OBJECT, () -> bench.change(ROOT, it -> it.delete(ObjectType.LAYER, key)));
    }

    private static void expect(BlockingQueue<ChangeNotice> heard, ChangeType change, ObjectType type)
            throws InterruptedException {
        ChangeNotice notice = heard.poll(DEADLINE_S, SECONDS);
        assertThat(notice).as("within %s s", DEADLINE_S).isNotNull();
        assertThat(notice.change()).isEqualTo(change);
        assertThat(notice.type()).isEqualTo(type);
        assertThat(notice.key()).isEqualTo(KEY);
    }
}
