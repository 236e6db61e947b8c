package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.session.SecurityBench.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sallyport.bfe.api.ChangeListener;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.api.PolicyHistory;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.Subscription;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.AnyObject;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.layer.Layer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every method of a session, and of what is taken from one, once the session is over. The methods are those that the interfaces
 * have: one that is added later is called here, too, and fails the test if it answers.
 */
@Timeout(30)
class EndedSessionTest {
    /** What asks the BFE for nothing. */
    private static final Map<Class<?>, Set<String>> ANSWERS = Map.of(
            Session.class, Set.of("key", "principal", "close"),
            Transaction.class, Set.of("abort", "close"),
            PolicyFiles.class, Set.of(),
            PolicyHistory.class, Set.of(),
            EnumHandle.class, Set.of("close"),
            PolicySession.class, Set.of());

    private static final UUID KEY = new UUID(0, 7);

    /** An argument of each type; what would do something if the session were open. */
    private static final Map<Class<?>, Object> SAMPLES = samples();

    /** How a session ends. */
    enum End {
        CLOSED("was closed") {
            @Override
            void end(SecurityBench bench, AutoCloseable session) throws Exception {
                session.close();
            }
        },
        KILLED("has stopped") {
            @Override
            void end(SecurityBench bench, AutoCloseable session) {
                bench.bfe.close();
            }
        };

        private final String reason;

        End(String reason) {
            this.reason = reason;
        }

        abstract void end(SecurityBench bench, AutoCloseable session) throws Exception;
    }

    private final SecurityBench bench = new SecurityBench();

    private static Map<Class<?>, Object> samples() {
        Map<Class<?>, Object> samples = new HashMap<>(Map.of(
                TransactionMode.class,
                TransactionMode.READ_ONLY,
                EngineOption.class,
                EngineOption.TXN_WAIT_TIMEOUT_MS,
                SecurityTarget.class,
                SecurityTarget.ENGINE,
                SecurityInfo.class,
                SecurityInfo.inherited(Trustee.role(Role.ADMIN)),
                EnumTemplate.class,
                new EnumTemplate.Providers(),
                Set.class,
                EnumSet.allOf(ChangeType.class),
                ChangeListener.class,
                (ChangeListener) change -> {},
                CommitOptions.class,
                CommitOptions.NONE,
                Consumer.class,
                (Consumer<Object>) it -> {},
                String.class,
                "sample"));
        samples.putAll(Map.of(
                Path.class,
                Path.of("no-such-file.yaml"),
                byte[].class,
                new byte[0],
                Layer.class,
                Layer.STREAM_V4,
                ObjectType.class,
                ObjectType.FILTER,
                UUID.class,
                KEY,
                Collection.class,
                List.of(),
                int.class,
                1,
                long.class,
                5L,
                PolicySession.Change.class,
                (PolicySession.Change) edit -> {}));
        Map.of(
                        Provider.class, ObjectType.PROVIDER,
                        Sublayer.class, ObjectType.SUBLAYER,
                        CalloutObject.class, ObjectType.CALLOUT,
                        ProviderContext.class, ObjectType.PROVIDER_CONTEXT,
                        PolicySet.class, ObjectType.SET,
                        Filter.class, ObjectType.FILTER)
                .forEach((type, kind) -> samples.put(
                        type, AnyObject.of(kind, KEY, false, Map.of()).object()));
        return samples;
    }

    static Stream<Arguments> calls() {
        return ANSWERS.keySet().stream()
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isBridge())
                .filter(method -> !ANSWERS.get(method.getDeclaringClass()).contains(method.getName()))
                .flatMap(method -> Arrays.stream(End.values()).map(end -> Arguments.of(method, end)));
    }

    @ParameterizedTest
    @MethodSource("calls")
    @Tag("TXN-11")
    void shouldRefuseEveryCall(Method method, End end) throws Exception {
        if (method.getDeclaringClass() == PolicySession.class) {
            PolicySessionImpl session = new PolicySessionImpl(bench.bfe, "plug-in");
            end.end(bench, session);
            assertRefused(method, session, end.reason);
            return;
        }
        try (Session session = bench.open(ROOT)) {
            Object target = target(method.getDeclaringClass(), session);
            end.end(bench, session);
            assertRefused(method, target, target instanceof Transaction ? "of this transaction ended" : end.reason);
        }
        assertThat(bench.bfe.current().filters()).isEmpty();
    }

    /** What a session gives, taken while it is open. */
    private static Object target(Class<?> type, Session session) throws PolicyException {
        if (type == Session.class) {
            return session;
        }
        if (type == Transaction.class) {
            return session.begin(TransactionMode.READ_WRITE);
        }
        if (type == PolicyFiles.class) {
            return session.policyFiles();
        }
        if (type == PolicyHistory.class) {
            return session.history();
        }
        return session.createEnumHandle(new EnumTemplate.Providers());
    }

    /** By an exception; policy files put it into their report. */
    private static void assertRefused(Method method, Object target, String reason) throws IllegalAccessException {
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(type -> SAMPLES.computeIfAbsent(type, it -> fail("give a sample of " + it)))
                .toArray();
        method.setAccessible(true);
        try {
            Object answer = method.invoke(target, arguments);
            assertThat(answer).as("%s answers", method).isInstanceOf(PolicyReport.class);
            PolicyReport report = (PolicyReport) answer;
            assertThat(report.isAborted()).isTrue();
            assertThat(report.problems())
                    .singleElement()
                    .satisfies(it -> assertThat(it.message())
                            .startsWith("SESSION_ABORTED: ")
                            .contains(reason));
        } catch (InvocationTargetException e) {
            assertThat(e.getCause()).as("%s", method).isInstanceOfSatisfying(PolicyException.class, it -> {
                assertThat(it.error()).isEqualTo(WfpError.SESSION_ABORTED);
                assertThat(it).hasMessageContaining(reason);
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("TXN-11")
    void shouldStillHaveToBeClosed(End end) throws Exception {
        Session session = bench.open(ROOT);
        Transaction transaction = session.begin(TransactionMode.READ_ONLY);
        EnumHandle<Provider> handle = session.createEnumHandle(new EnumTemplate.Providers());
        PolicyView view = session.view();
        end.end(bench, session);

        assertThat(session.key()).isNotNull();
        assertThat(session.principal()).isEqualTo(ROOT);
        assertThat(view.providers()).as("a view is a copy").isNotEmpty();
        transaction.abort();
        transaction.close();
        handle.close();
        session.close();
        session.close();
    }

    @Test
    @Tag("TXN-11")
    void shouldTellNobodyWhoseSessionIsOver() throws Exception {
        List<String> closed = new ArrayList<>();
        List<String> open = new ArrayList<>();
        List<String> ended = new ArrayList<>();
        try (Session other = bench.open(ROOT)) {
            AutoCloseable early = other.history().announce(ended::add);
            other.history().announce(open::add);
            Session session = bench.open(ROOT);
            session.history().announce(closed::add);
            session.close();
            early.close();
            bench.bfe.wayBack().confirmation().announce("a line");
        }
        bench.bfe.wayBack().confirmation().announce("another");
        assertThat(closed).isEmpty();
        assertThat(ended).isEmpty();
        assertThat(open).containsExactly("a line");
    }

    /** A subscription ends with its session (NOTE-3 has its own tests); its description stays readable. */
    @Test
    @Tag("TXN-11")
    void shouldListNoSubscriptionOfASessionThatIsOver() throws Exception {
        try (Session other = bench.open(ROOT)) {
            Session session = bench.open(ROOT);
            Subscription subscription = session.subscribeChanges(
                    new EnumTemplate.Providers(), EnumSet.allOf(ChangeType.class), change -> {});
            assertThat(other.subscriptions()).hasSize(1);
            session.close();
            assertThat(other.subscriptions()).isEmpty();
            subscription.close();
        }
    }
}
