package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.ChangeListener;
import io.sallyport.bfe.api.ChangeNotice;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.FilterTemplate.EnumType;
import io.sallyport.bfe.api.FilterTemplate.Flag;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Subscription;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.Bench;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Change notifications. Where something must not be told, a change that must be told follows it: notices come in order, so the
 * first one that comes shows that nothing came before.
 */
@Timeout(60)
class ChangeNotificationTest {
    private static final long DEADLINE_S = 20;
    private static final Set<ChangeType> BOTH = EnumSet.allOf(ChangeType.class);
    private static final EnumTemplate<Filter> ALL_FILTERS = new EnumTemplate.Filters(FilterTemplate.all());
    private static final UUID OWNER = new UUID(1, 1);

    @TempDir
    Path folder;

    private Bench bench;
    private Session subscriber;
    private Session writer;
    private final BlockingQueue<ChangeNotice> heard = new LinkedBlockingQueue<>();

    @BeforeEach
    void setUp() throws PolicyException {
        bench = new Bench(folder);
        subscriber = bench.bfe.openSession(SessionOptions.named("subscriber"));
        writer = bench.bfe.openSession(SessionOptions.named("writer"));
    }

    @AfterEach
    void tearDown() {
        bench.bfe.close();
    }

    private interface Change {
        void make(Transaction transaction) throws PolicyException;
    }

    private static void commit(Session session, Change change) throws PolicyException {
        try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            change.make(transaction);
            transaction.commit();
        }
    }

    private Filter add(Session session, Filter.Builder filter) throws PolicyException {
        List<Filter> added = new ArrayList<>();
        commit(session, it -> added.add(it.add(filter.build())));
        return added.get(0);
    }

    private static Filter.Builder filter(String name) {
        return Filter.builder(name, Layer.OUTBOUND_TRANSPORT_V4, ActionType.BLOCK);
    }

    private ChangeNotice take() throws InterruptedException {
        return take(heard);
    }

    private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(DEADLINE_S, SECONDS);
        assertThat(next).as("within %s s", DEADLINE_S).isNotNull();
        return next;
    }

    private static ChangeNotice notice(ChangeType change, Filter filter) {
        return new ChangeNotice(change, ObjectType.FILTER, filter.key(), filter.id());
    }

    @Test
    @Tag("NOTE-1")
    @Tag("NOTE-6")
    void shouldTellAddsAndDeletesOfEachType() throws Exception {
        for (EnumTemplate<?> template : List.of(
                new EnumTemplate.Providers(),
                new EnumTemplate.Sublayers(null),
                new EnumTemplate.Callouts(null, null),
                new EnumTemplate.ProviderContexts(null),
                new EnumTemplate.Sets(null),
                ALL_FILTERS)) {
            subscriber.subscribeChanges(template, BOTH, heard::add);
        }
        UUID key = new UUID(9, 9); // unique within one type only
        List<ChangeNotice> told = new ArrayList<>();
        commit(writer, it -> {
            it.add(new Provider(key, DisplayData.of("p"), false, null, Map.of()));
            it.add(new Sublayer(key, DisplayData.of("s"), false, key, 7));
            CalloutObject callout =
                    it.add(new CalloutObject(key, DisplayData.of("c"), "x.c", Layer.STREAM_V4, 0, key, 0));
            ProviderContext context = it.add(new ProviderContext(key, DisplayData.of("x"), false, key, Map.of(), 0));
            it.add(new PolicySet(key, DisplayData.of("n"), false, key, SetKind.PORTS, SetEntries.EMPTY));
            Filter filter = it.add(filter("f").key(key).sublayer(key).build());
            told.add(new ChangeNotice(ChangeType.ADD, ObjectType.PROVIDER, key, 0));
            told.add(new ChangeNotice(ChangeType.ADD, ObjectType.SUBLAYER, key, 0));
            told.add(new ChangeNotice(ChangeType.ADD, ObjectType.CALLOUT, key, callout.id()));
            told.add(new ChangeNotice(ChangeType.ADD, ObjectType.PROVIDER_CONTEXT, key, context.id()));
            told.add(new ChangeNotice(ChangeType.ADD, ObjectType.SET, key, 0));
            told.add(new ChangeNotice(ChangeType.ADD, ObjectType.FILTER, key, filter.id()));
        });
        assertThat(told).filteredOn(it -> it.id() != 0).hasSize(3);
        expectInAnyOrder(told);

        commit(writer, it -> {
            for (ObjectType type : List.of(
                    ObjectType.FILTER,
                    ObjectType.SET,
                    ObjectType.PROVIDER_CONTEXT,
                    ObjectType.CALLOUT,
                    ObjectType.SUBLAYER,
                    ObjectType.PROVIDER)) {
                it.delete(type, key);
            }
        });
        expectInAnyOrder(told.stream()
                .map(it -> new ChangeNotice(ChangeType.DELETE, it.type(), it.key(), it.id()))
                .toList());
    }

    @Test
    void shouldTellAnEditedSetAsDeletedAndAdded() throws Exception {
        UUID key = new UUID(5, 1);
        commit(
                writer,
                it -> it.add(new PolicySet(key, DisplayData.of("n"), false, null, SetKind.PORTS, SetEntries.EMPTY)));
        subscriber.subscribeChanges(new EnumTemplate.Sets(null), BOTH, heard::add);
        commit(writer, it -> it.editSet(key, List.of(), List.of("80")));
        expectInAnyOrder(List.of(
                new ChangeNotice(ChangeType.DELETE, ObjectType.SET, key, 0),
                new ChangeNotice(ChangeType.ADD, ObjectType.SET, key, 0)));
    }

    /** Each subscription has a queue of its own, so there is no order between them. */
    private void expectInAnyOrder(List<ChangeNotice> expected) throws InterruptedException {
        List<ChangeNotice> actual = new ArrayList<>();
        for (int i = 0; i < expected.size(); i++) {
            actual.add(take());
        }
        assertThat(actual).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    @Tag("NOTE-1")
    @Tag("NOTE-4")
    @Tag("ENUM-10")
    void shouldRefuseSubscriptionsThatCanNeverBeTold() {
        EnumTemplate<Filter> impossible =
                new EnumTemplate.Filters(FilterTemplate.builder().actionMask(0).build());
        EnumTemplate<Filter> best = new EnumTemplate.Filters(
                FilterTemplate.builder().flag(Flag.BEST_TERMINATING_MATCH).build());
        assertRefused(WfpError.NEVER_MATCH, () -> subscriber.subscribeChanges(impossible, BOTH, heard::add));
        assertRefused(WfpError.NEVER_MATCH, () -> subscriber.subscribeChanges(ALL_FILTERS, Set.of(), heard::add));
        assertRefused(
                WfpError.NEVER_MATCH, () -> subscriber.subscribeChanges(new EnumTemplate.Layers(), BOTH, heard::add));
        assertRefused(WfpError.INVALID_FLAGS, () -> subscriber.subscribeChanges(best, BOTH, heard::add));
    }

    @Test
    @Tag("NOTE-4")
    void shouldTellOnlyWhatTemplateAndFlagsAskFor() throws Exception {
        Condition web = new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(80));
        FilterTemplate template = FilterTemplate.builder()
                .layer(Layer.OUTBOUND_TRANSPORT_V4)
                .type(EnumType.OVERLAPPING)
                .when(web)
                .build();
        subscriber.subscribeChanges(new EnumTemplate.Filters(template), Set.of(ChangeType.DELETE), heard::add);
        Filter fits = add(writer, filter("fits").when(web));
        Filter other = add(
                writer, filter("other").when(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(81))));
        Filter boot = add(writer, filter("boot").flags(FilterFlags.BOOTTIME));
        Filter last = add(writer, filter("last"));
        for (Filter filter : List.of(other, boot, fits, last)) {
            commit(writer, it -> it.delete(ObjectType.FILTER, filter.key()));
        }
        assertThat(take()).isEqualTo(notice(ChangeType.DELETE, fits));
        assertThat(take()).isEqualTo(notice(ChangeType.DELETE, last));
    }

    /** What a context's owner was, is known in the policy that the filter is deleted from only. */
    @Test
    @Tag("NOTE-4")
    void shouldHoldDeletedObjectsAgainstTheTemplateAsTheyWere() throws Exception {
        UUID context = new UUID(3, 3);
        FilterTemplate template =
                FilterTemplate.builder().contextProvider(OWNER).build();
        subscriber.subscribeChanges(new EnumTemplate.Filters(template), Set.of(ChangeType.DELETE), heard::add);
        List<Filter> added = new ArrayList<>();
        commit(writer, it -> {
            it.add(new Provider(OWNER, DisplayData.of("owner"), false, null, Map.of()));
            it.add(new ProviderContext(context, DisplayData.of("ctx"), false, OWNER, Map.of(), 0));
            added.add(it.add(filter("f").providerContext(context).build()));
        });
        commit(writer, it -> {
            it.delete(ObjectType.FILTER, added.get(0).key());
            it.delete(ObjectType.PROVIDER_CONTEXT, context);
        });
        assertThat(take()).isEqualTo(notice(ChangeType.DELETE, added.get(0)));
    }

    @Test
    @Tag("NOTE-2")
    void shouldReturnFromTheCommitWhileAListenerHangsOrHasThrown() throws Exception {
        CountDownLatch isInside = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        subscriber.subscribeChanges(ALL_FILTERS, BOTH, notice -> {
            isInside.countDown();
            awaitUninterrupted(mayGoOn);
        });
        CountDownLatch hasThrown = new CountDownLatch(1);
        Subscription throwing = subscriber.subscribeChanges(ALL_FILTERS, BOTH, notice -> {
            hasThrown.countDown();
            throw new IllegalStateException("thrown on purpose");
        });
        subscriber.subscribeChanges(ALL_FILTERS, BOTH, heard::add);
        Filter first = add(writer, filter("first"));
        assertThat(isInside.await(DEADLINE_S, SECONDS)).isTrue();
        assertThat(hasThrown.await(DEADLINE_S, SECONDS)).isTrue();
        throwing.close(); // waits until it is over
        Filter second = add(writer, filter("second"));
        assertThat(take()).isEqualTo(notice(ChangeType.ADD, first));
        assertThat(take()).isEqualTo(notice(ChangeType.ADD, second));
        assertThat(subscriber.subscriptions()).hasSize(2).doesNotContain(throwing);
        mayGoOn.countDown();
    }

    @Test
    @Tag("NOTE-3")
    void shouldNotTellASessionWhatItDidItself() throws Exception {
        subscriber.subscribeChanges(ALL_FILTERS, BOTH, heard::add);
        add(subscriber, filter("mine"));
        Filter theirs = add(writer, filter("theirs"));
        assertThat(take()).isEqualTo(notice(ChangeType.ADD, theirs));
    }

    @Test
    @Tag("NOTE-8")
    void shouldTellAfterTheCommitAndNothingAfterAnAbort() throws Exception {
        BlockingQueue<Boolean> wasInForce = new LinkedBlockingQueue<>();
        subscriber.subscribeChanges(ALL_FILTERS, BOTH, notice -> {
            wasInForce.add(bench.bfe.current().filter(notice.key()) != null);
            heard.add(notice);
        });
        try (Transaction aborted = writer.begin(TransactionMode.READ_WRITE)) {
            aborted.add(filter("aborted").build());
        }
        bench.engine.check = image -> {
            throw new PolicyException(WfpError.CALLOUT_NOTIFICATION_FAILED, "refused on purpose");
        };
        assertRefused(WfpError.CALLOUT_NOTIFICATION_FAILED, () -> add(writer, filter("refused")));
        bench.engine.check = image -> {};
        List<Filter> kept = new ArrayList<>();
        commit(writer, it -> {
            Filter gone = it.add(filter("gone before the commit").build());
            kept.add(it.add(filter("kept").build()));
            it.delete(ObjectType.FILTER, gone.key());
        });
        assertThat(take()).isEqualTo(notice(ChangeType.ADD, kept.get(0)));
        assertThat(take(wasInForce)).isTrue();
    }

    @Test
    @Tag("NOTE-1")
    void shouldTellAReplacementAsADeleteAndAnAdd() throws Exception {
        Filter before = add(writer, filter("f"));
        subscriber.subscribeChanges(ALL_FILTERS, BOTH, heard::add);
        List<Filter> after = new ArrayList<>();
        commit(writer, it -> {
            it.delete(ObjectType.FILTER, before.key());
            after.add(it.add(filter("f").key(before.key()).build()));
        });
        assertThat(take()).isEqualTo(notice(ChangeType.DELETE, before));
        assertThat(take()).isEqualTo(notice(ChangeType.ADD, after.get(0)));
        assertThat(after.get(0).id()).isNotEqualTo(before.id());
    }

    @Test
    @Tag("NOTE-7")
    void shouldEndWithTheSessionAndBeListedWithIt() throws Exception {
        Subscription subscription =
                subscriber.subscribeChanges(new EnumTemplate.Sublayers(null), Set.of(ChangeType.ADD), heard::add);
        assertThat(writer.subscriptions()).singleElement().satisfies(it -> {
            assertThat(it.session().name()).isEqualTo("subscriber");
            assertThat(it.session().key()).isNotNull();
            assertThat(it.template()).isEqualTo(new EnumTemplate.Sublayers(null));
            assertThat(it.changes()).containsExactly(ChangeType.ADD);
        });
        subscription.close();
        assertThat(writer.subscriptions()).isEmpty();

        subscriber.subscribeChanges(ALL_FILTERS, BOTH, heard::add);
        BlockingQueue<ChangeNotice> others = new LinkedBlockingQueue<>();
        try (Session other = bench.bfe.openSession(SessionOptions.named("other"))) {
            other.subscribeChanges(ALL_FILTERS, BOTH, others::add);
            subscriber.close();
            assertThat(writer.subscriptions())
                    .extracting(it -> it.session().name())
                    .containsExactly("other");
            Filter filter = add(writer, filter("f"));
            assertThat(take(others)).isEqualTo(notice(ChangeType.ADD, filter));
        }
        assertThat(heard).isEmpty();
        assertRefused(WfpError.SESSION_ABORTED, () -> subscriber.subscribeChanges(ALL_FILTERS, BOTH, heard::add));
        assertRefused(WfpError.SESSION_ABORTED, subscriber::subscriptions);
    }

    @Test
    @Tag("NOTE-7")
    void shouldTellOthersWhatDiesWithADynamicSession() throws Exception {
        subscriber.subscribeChanges(ALL_FILTERS, Set.of(ChangeType.DELETE), heard::add);
        Filter filter;
        try (Session dynamic = bench.bfe.openSession(SessionOptions.dynamic("plug-in"))) {
            filter = add(dynamic, filter("f"));
        }
        assertThat(take()).isEqualTo(notice(ChangeType.DELETE, filter));
    }

    @Test
    @Tag("NOTE-4")
    void shouldAllowSomeSubscriptionsForASession() throws Exception {
        List<Subscription> all = new ArrayList<>();
        for (int i = 0; i < Subscription.MOST_OPEN; i++) {
            all.add(subscriber.subscribeChanges(ALL_FILTERS, BOTH, heard::add));
        }
        assertRefused(WfpError.IN_USE, () -> subscriber.subscribeChanges(ALL_FILTERS, BOTH, heard::add));
        all.get(0).close();
        subscriber.subscribeChanges(ALL_FILTERS, BOTH, heard::add).close();
    }

    @Test
    @Tag("TXN-13")
    void shouldNotSubscribeInsideOfATransaction() throws Exception {
        try (Transaction transaction = subscriber.begin(TransactionMode.READ_ONLY)) {
            assertRefused(WfpError.TXN_IN_PROGRESS, () -> subscriber.subscribeChanges(ALL_FILTERS, BOTH, heard::add));
            transaction.commit();
        }
        subscriber.subscribeChanges(ALL_FILTERS, BOTH, heard::add).close();
    }

    /** The listener is inside its first call, so the queue fills; then it is told in the right place how many are missing. */
    @Test
    @Tag("NOTE-2")
    void shouldSayHowManyNoticesDidNotFit() throws Exception {
        CountDownLatch isInside = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        BlockingQueue<Object> told = new LinkedBlockingQueue<>();
        Subscription subscription = subscriber.subscribeChanges(ALL_FILTERS, BOTH, new ChangeListener() {
            @Override
            public void changed(ChangeNotice notice) {
                isInside.countDown();
                awaitUninterrupted(mayGoOn);
                told.add(notice);
            }

            @Override
            public void dropped(long notices) {
                told.add(notices);
            }
        });
        add(writer, filter("first"));
        assertThat(isInside.await(DEADLINE_S, SECONDS)).isTrue();
        int many = 20_000;
        commit(writer, it -> {
            for (int i = 0; i < many; i++) {
                it.add(filter("f" + i).build());
            }
        });
        assertThat(subscription.lost()).isPositive();
        assertThat(subscription.waiting() + subscription.lost()).isEqualTo(many);
        mayGoOn.countDown();
        assertThat(take(told)).isInstanceOf(ChangeNotice.class);
        int fitted = 0;
        Object next = take(told);
        while (next instanceof ChangeNotice) {
            fitted++;
            next = take(told);
        }
        assertThat(fitted).isBetween(1, many - 1);
        assertThat(next).isEqualTo((long) many - fitted);
        Filter after = add(writer, filter("after"));
        assertThat(take(told)).isEqualTo(notice(ChangeType.ADD, after));
        assertThat(subscription.waiting()).isZero();
        assertThat(subscription.lost()).as("of all times").isEqualTo((long) many - fitted);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            assertThat(latch.await(DEADLINE_S, SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
