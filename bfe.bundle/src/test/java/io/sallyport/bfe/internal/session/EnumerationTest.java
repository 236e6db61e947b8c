package io.sallyport.bfe.internal.session;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.FilterTemplate.EnumType;
import io.sallyport.bfe.api.FilterTemplate.Flag;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.Bench;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.BuiltinSublayer;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Enumeration: handles, pages, templates and their flags. How conditions relate is in FilterSelectionPropertyTest. */
class EnumerationTest {
    private static final Layer LAYER = Layer.OUTBOUND_TRANSPORT_V4;
    private static final UUID OWNER = new UUID(1, 1);
    private static final UUID OTHER = new UUID(1, 2);
    private static final UUID CALLOUT = new UUID(2, 1);
    private static final UUID CONTEXT = new UUID(3, 1);

    @TempDir
    Path folder;

    private Bench bench;
    private Session session;

    @BeforeEach
    void setUp() throws PolicyException {
        bench = new Bench(folder);
        session = bench.bfe.openSession(SessionOptions.named("reader"));
    }

    private interface Change {
        void make(Transaction transaction) throws PolicyException;
    }

    private void commit(Change change) throws PolicyException {
        try (Session writer = bench.bfe.openSession(SessionOptions.named("writer"));
                Transaction transaction = writer.begin(TransactionMode.READ_WRITE)) {
            change.make(transaction);
            transaction.commit();
        }
    }

    private static Filter.Builder filter(String name) {
        return Filter.builder(name, LAYER, ActionType.BLOCK);
    }

    private static EnumTemplate<Filter> filters(FilterTemplate.Builder template) {
        return new EnumTemplate.Filters(template.build());
    }

    private static Condition port(int port) {
        return new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(port));
    }

    private List<String> names(FilterTemplate.Builder template) throws PolicyException {
        return all(filters(template)).stream().map(it -> it.display().name()).toList();
    }

    private <T> List<T> all(EnumTemplate<T> template) throws PolicyException {
        try (EnumHandle<T> handle = session.createEnumHandle(template)) {
            return handle.next(Integer.MAX_VALUE);
        }
    }

    private void addOwners(Transaction it) throws PolicyException {
        it.add(new Provider(OWNER, DisplayData.of("owner"), false, null, Map.of()));
        it.add(new Provider(OTHER, DisplayData.of("other"), false, null, Map.of()));
    }

    private void addCallout(Transaction it) throws PolicyException {
        it.add(new CalloutObject(CALLOUT, DisplayData.of("c"), "x.c", LAYER, 0, OWNER, 0));
    }

    @Test
    @Tag("ENUM-1")
    @Tag("ENUM-2")
    void shouldReadOneRevisionPageByPage() throws PolicyException {
        List<UUID> keys = new ArrayList<>();
        commit(it -> {
            for (int i = 0; i < 10; i++) {
                keys.add(it.add(filter("f" + i).build()).key());
            }
        });
        try (EnumHandle<Filter> handle = session.createEnumHandle(filters(FilterTemplate.builder()))) {
            assertThat(handle.next(4)).extracting(Filter::key).isEqualTo(keys.subList(0, 4));
            commit(it -> {
                for (UUID key : keys) {
                    it.delete(ObjectType.FILTER, key);
                }
                it.add(filter("new").build());
            });
            assertThat(handle.next(4)).extracting(Filter::key).isEqualTo(keys.subList(4, 8));
            assertThat(handle.next(4))
                    .as("fewer than asked for")
                    .extracting(Filter::key)
                    .isEqualTo(keys.subList(8, 10));
            assertThat(handle.next(4)).isEmpty();
        }
        assertThat(names(FilterTemplate.builder())).containsExactly("new");
    }

    @Test
    @Tag("ENUM-1")
    void shouldEndHandlesWithTheirSessionAndAllowSomeOnly() throws PolicyException {
        EnumTemplate<Filter> all = filters(FilterTemplate.builder());
        List<EnumHandle<Filter>> handles = new ArrayList<>();
        for (int i = 0; i < EnumHandle.MOST_OPEN; i++) {
            handles.add(session.createEnumHandle(all));
        }
        assertRefused(WfpError.IN_USE, () -> session.createEnumHandle(all));
        handles.get(0).close();
        assertRefused(WfpError.INVALID_PARAMETER, () -> handles.get(0).next(1));
        EnumHandle<Filter> again = session.createEnumHandle(all);
        assertRefused(WfpError.INVALID_PARAMETER, () -> again.next(0));

        session.close();
        assertRefused(WfpError.SESSION_ABORTED, () -> again.next(1));
        assertRefused(WfpError.SESSION_ABORTED, () -> session.createEnumHandle(all));
    }

    @Test
    @Tag("ENUM-1")
    void shouldEndHandlesWhenTheEngineStops() throws PolicyException {
        EnumHandle<Filter> handle = session.createEnumHandle(filters(FilterTemplate.builder()));
        bench.bfe.close();
        assertRefused(WfpError.SESSION_ABORTED, () -> handle.next(1));
    }

    /** A page costs what it holds: the oldest of 20,000 filters are had without looking at the others. */
    @Test
    @Tag("ENUM-1")
    void shouldTouchNoMoreFiltersThanAPageNeeds() throws PolicyException {
        commit(it -> {
            for (int i = 0; i < 20_000; i++) {
                it.add(filter("f" + i).when(port(i)).build());
            }
        });
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        EnumHandle<Filter> handle = session.createEnumHandle(filters(FilterTemplate.builder()));
        handle.next(10);
        long self = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(self);
        assertThat(handle.next(10)).hasSize(10);
        assertThat(threads.getThreadAllocatedBytes(self) - before)
                .as("bytes; a copy of 20,000 references has 80,000")
                .isLessThan(20_000);
    }

    @Test
    @Tag("ENUM-3")
    void shouldSeeWhatItsTransactionHasChanged() throws PolicyException {
        commit(it -> it.add(filter("old").build()));
        try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            transaction.add(filter("mine").build());
            assertThat(names(FilterTemplate.builder())).containsExactly("old", "mine");
        }
        assertThat(names(FilterTemplate.builder())).containsExactly("old");
        try (Transaction transaction = session.begin(TransactionMode.READ_ONLY)) {
            commit(it -> it.add(filter("late").build()));
            assertThat(names(FilterTemplate.builder()))
                    .as("current in its transaction")
                    .containsExactly("old");
            transaction.commit();
        }
        assertThat(names(FilterTemplate.builder())).containsExactly("old", "late");
    }

    @Test
    @Tag("ENUM-4")
    @Tag("ENUM-7")
    void shouldLeaveOutBootTimeAndDisabledFiltersUnlessAskedFor() throws PolicyException {
        commit(it -> {
            it.add(filter("plain").build());
            it.add(filter("boot").flags(FilterFlags.BOOTTIME).build());
            it.add(filter("off").flags(FilterFlags.DISABLED).build());
            it.add(filter("boot-off")
                    .flags(FilterFlags.BOOTTIME | FilterFlags.DISABLED)
                    .build());
        });
        assertThat(names(FilterTemplate.builder())).containsExactly("plain");
        assertThat(names(FilterTemplate.builder().flag(Flag.INCLUDE_BOOTTIME))).containsExactly("plain", "boot");
        assertThat(names(FilterTemplate.builder().flag(Flag.INCLUDE_DISABLED))).containsExactly("plain", "off");
        assertThat(names(FilterTemplate.builder().flag(Flag.INCLUDE_DISABLED).flag(Flag.INCLUDE_BOOTTIME)))
                .containsExactly("plain", "boot", "off", "boot-off");
        assertThat(names(FilterTemplate.builder().flag(Flag.BOOTTIME_ONLY).flag(Flag.INCLUDE_DISABLED)))
                .as("wins over the others")
                .containsExactly("boot", "boot-off");
    }

    @Test
    @Tag("ENUM-7")
    void shouldSortAndFindTheBestTerminatingMatch() throws PolicyException {
        commit(it -> {
            addOwners(it);
            addCallout(it);
            it.add(filter("light").weight(Value.uint64(5)).build());
            it.add(Filter.builder("top bit", LAYER, ActionType.CALLOUT_INSPECTION)
                    .callout(CALLOUT)
                    .weight(Value.uint64(-1))
                    .build());
            it.add(filter("first of two").weight(Value.uint64(1L << 63)).build());
            it.add(filter("second of two").weight(Value.uint64(1L << 63)).build());
            it.add(filter("middle").weight(Value.uint64(7)).when(port(80)).build());
        });
        assertThat(names(FilterTemplate.builder().flag(Flag.SORTED)))
                .containsExactly("top bit", "first of two", "second of two", "middle", "light");
        assertThat(names(FilterTemplate.builder().flag(Flag.BEST_TERMINATING_MATCH)))
                .containsExactly("first of two");
        assertThat(names(FilterTemplate.builder()
                        .flag(Flag.BEST_TERMINATING_MATCH)
                        .provider(OTHER)))
                .isEmpty();
        try (EnumHandle<Filter> handle =
                session.createEnumHandle(filters(FilterTemplate.builder().flag(Flag.SORTED)))) {
            assertThat(handle.next(2)).hasSize(2);
            assertThat(handle.next(5))
                    .extracting(it -> it.display().name())
                    .containsExactly("second of two", "middle", "light");
        }
    }

    @Test
    @Tag("ENUM-5")
    @Tag("ENUM-8")
    void shouldSelectFiltersByEachPartOfTheTemplate() throws PolicyException {
        commit(it -> {
            addOwners(it);
            addCallout(it);
            it.add(new ProviderContext(CONTEXT, DisplayData.of("ctx"), false, OWNER, Map.of(), 0));
            it.add(filter("owned").provider(OWNER).build());
            it.add(Filter.builder("elsewhere", Layer.STREAM_V4, ActionType.PERMIT)
                    .build());
            it.add(calling("calls", ActionType.CALLOUT_TERMINATING));
            it.add(calling("looks", ActionType.CALLOUT_INSPECTION));
            it.add(filter("web").providerContext(CONTEXT).when(port(80)).build());
        });
        assertThat(names(FilterTemplate.builder().provider(OWNER))).containsExactly("owned");
        assertThat(names(FilterTemplate.builder().layer(Layer.STREAM_V4))).containsExactly("elsewhere");
        assertThat(names(FilterTemplate.builder().contextProvider(OWNER))).containsExactly("web");
        assertThat(names(FilterTemplate.builder().contextProvider(OTHER))).isEmpty();
        assertThat(names(FilterTemplate.builder().callout(CALLOUT))).containsExactly("calls", "looks");
        assertThat(names(FilterTemplate.builder().when(port(80)).type(EnumType.OVERLAPPING)))
                .as("layers without ports have no such traffic")
                .containsExactly("owned", "elsewhere", "calls", "looks", "web");
        assertThat(names(FilterTemplate.builder().when(port(81)).layer(LAYER)))
                .containsExactly("owned", "calls", "looks");

        assertThat(names(FilterTemplate.builder().actionMask(ActionType.PERMIT.code() & 0xF)))
                .as("any shared bit")
                .containsExactly("elsewhere", "calls");
        assertThat(names(FilterTemplate.builder().actionMask(FilterTemplate.CALLOUT_ACTION)))
                .containsExactly("calls", "looks");
        assertThat(names(FilterTemplate.builder().actionMask(FilterTemplate.TERMINATING_ACTION)))
                .containsExactly("owned", "elsewhere", "calls", "web");
        assertThat(names(FilterTemplate.builder().actionMask(FilterTemplate.ANY_ACTION)))
                .hasSize(5);
    }

    private static Filter calling(String name, ActionType action) {
        return Filter.builder(name, LAYER, action).callout(CALLOUT).build();
    }

    @Test
    @Tag("ENUM-9")
    void shouldSelectOtherObjectsByTheirOwnersAndLayers() throws PolicyException {
        commit(it -> {
            addOwners(it);
            addCallout(it);
            it.add(new CalloutObject(new UUID(2, 2), DisplayData.of("d"), "x.d", Layer.STREAM_V4, 0, OWNER, 0));
            it.add(new Sublayer(new UUID(4, 1), DisplayData.of("web"), false, OWNER, 30_000));
            it.add(new Sublayer(new UUID(4, 2), DisplayData.of("mail"), false, OTHER, 40_000));
            it.add(new ProviderContext(CONTEXT, DisplayData.of("ctx"), false, OWNER, Map.of(), 0));
            it.add(new PolicySet(new UUID(5, 1), DisplayData.of("set"), false, OWNER, SetKind.PORTS, SetEntries.EMPTY));
        });
        assertThat(all(new EnumTemplate.Providers())).extracting(Provider::key).contains(OWNER, OTHER);
        assertThat(all(new EnumTemplate.Sublayers(OWNER)))
                .extracting(it -> it.display().name())
                .containsExactly("web");
        assertThat(all(new EnumTemplate.Sublayers(null)))
                .extracting(Sublayer::key)
                .contains(new UUID(4, 1), new UUID(4, 2), BuiltinSublayer.UNIVERSAL.key());
        assertThat(all(new EnumTemplate.Callouts(OWNER, null)))
                .extracting(CalloutObject::calloutName)
                .containsExactly("x.c", "x.d");
        assertThat(all(new EnumTemplate.Callouts(OWNER, LAYER)))
                .extracting(CalloutObject::calloutName)
                .containsExactly("x.c");
        assertThat(all(new EnumTemplate.Callouts(OTHER, null))).isEmpty();
        assertThat(all(new EnumTemplate.ProviderContexts(OWNER))).hasSize(1);
        assertThat(all(new EnumTemplate.ProviderContexts(OTHER))).isEmpty();
        assertThat(all(new EnumTemplate.Sets(null))).extracting(PolicySet::key).containsExactly(new UUID(5, 1));
        assertThat(all(new EnumTemplate.Sets(OWNER))).hasSize(1);
        assertThat(all(new EnumTemplate.Sets(OTHER))).isEmpty();
        assertThat(all(new EnumTemplate.Layers())).containsExactly(Layer.values());
        Session dynamic = bench.bfe.openSession(SessionOptions.dynamic("plug-in"));
        List<SessionInfo> sessions = all(new EnumTemplate.Sessions());
        assertThat(sessions).extracting(SessionInfo::name).containsExactly("reader", "plug-in");
        assertThat(sessions).extracting(SessionInfo::isDynamic).containsExactly(false, true);
        assertThat(sessions.get(0).key()).isNotEqualTo(sessions.get(1).key());
        dynamic.close();
        assertThat(all(new EnumTemplate.Sessions())).hasSize(1);
    }

    @Test
    @Tag("ENUM-5")
    @Tag("ENUM-8")
    @Tag("ENUM-10")
    void shouldRefuseTemplatesThatCannotMatch() {
        assertNever(FilterTemplate.builder().actionMask(0));
        assertNever(FilterTemplate.builder().actionMask(0x8));
        assertNever(FilterTemplate.builder().actionMask(ActionType.BLOCK.code()).callout(CALLOUT));
        assertNever(FilterTemplate.builder().actionMask(0x2000).flag(Flag.BEST_TERMINATING_MATCH));
        assertNever(FilterTemplate.builder().layer(Layer.IKEEXT_V4).flag(Flag.BOOTTIME_ONLY));
        assertNever(
                FilterTemplate.builder().layer(Layer.INBOUND_MAC_FRAME_ETHERNET).when(port(80)));
        assertNever(
                FilterTemplate.builder().when(new Condition(Field.IP_REMOTE_PORT, MatchType.LESS, Value.uint16(0))));
        assertRefused(
                WfpError.DUPLICATE_CONDITION,
                () -> session.createEnumHandle(
                        filters(FilterTemplate.builder().when(port(80)).when(port(81)))));
        assertRefused(
                WfpError.TYPE_MISMATCH,
                () -> session.createEnumHandle(filters(FilterTemplate.builder()
                        .when(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint8(80))))));
    }

    private void assertNever(FilterTemplate.Builder template) {
        assertRefused(WfpError.NEVER_MATCH, () -> session.createEnumHandle(filters(template)));
    }
}
