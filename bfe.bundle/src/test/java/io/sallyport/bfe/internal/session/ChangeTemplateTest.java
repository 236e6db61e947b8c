package io.sallyport.bfe.internal.session;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.ChangeNotice;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.internal.AnyObject;
import io.sallyport.bfe.security.Principal;
import io.sallyport.layer.Layer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Subscriptions to some of the objects of a type. Notices come in order: the last change is one that must be told. */
@Timeout(60)
class ChangeTemplateTest {
    private static final long DEADLINE_S = 20;
    private static final UUID OWNER = new UUID(1, 1);
    private static final UUID STRANGER = new UUID(1, 2);
    private static final UUID MATCH = new UUID(2, 1);
    private static final UUID LAST = new UUID(2, 9);
    private static final Layer LAYER = Layer.STREAM_V4;

    private final SecurityBench bench = new SecurityBench();

    private static Stream<Arguments> templates() {
        return Stream.of(
                Arguments.of(new EnumTemplate.Sublayers(OWNER), ObjectType.SUBLAYER),
                Arguments.of(new EnumTemplate.Callouts(OWNER, LAYER), ObjectType.CALLOUT),
                Arguments.of(new EnumTemplate.Callouts(OWNER, null), ObjectType.CALLOUT),
                Arguments.of(new EnumTemplate.ProviderContexts(OWNER), ObjectType.PROVIDER_CONTEXT),
                Arguments.of(new EnumTemplate.Sets(OWNER), ObjectType.SET));
    }

    @ParameterizedTest
    @MethodSource("templates")
    @Tag("NOTE-4")
    void shouldTellExactlyWhatTheTemplateMeans(EnumTemplate<?> template, ObjectType type) throws Exception {
        addProviders();
        BlockingQueue<ChangeNotice> heard = new LinkedBlockingQueue<>();
        try (Session subscriber = bench.open(Principal.SYSTEM)) {
            subscriber.subscribeChanges(template, EnumSet.allOf(ChangeType.class), heard::add);
            add(type, new UUID(2, 2), Map.of(ObjectType.PROVIDER, STRANGER));
            add(type, new UUID(2, 3), Map.of());
            add(type, MATCH, Map.of(ObjectType.PROVIDER, OWNER));
            for (int low = 1; low <= 3; low++) {
                UUID key = new UUID(2, low);
                bench.change(Principal.SYSTEM, it -> it.delete(type, key));
            }
            add(type, LAST, Map.of(ObjectType.PROVIDER, OWNER));

            assertThat(heardUntilLast(heard))
                    .containsExactly(
                            Map.entry(ChangeType.ADD, MATCH),
                            Map.entry(ChangeType.DELETE, MATCH),
                            Map.entry(ChangeType.ADD, LAST));
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    @Tag("NOTE-4")
    void shouldTellOfCalloutsAtTheLayerOfTheTemplate(UUID owner, Layer layer, Set<UUID> told) throws Exception {
        addProviders();
        BlockingQueue<ChangeNotice> heard = new LinkedBlockingQueue<>();
        try (Session subscriber = bench.open(Principal.SYSTEM)) {
            subscriber.subscribeChanges(
                    new EnumTemplate.Callouts(owner, layer), EnumSet.of(ChangeType.ADD), heard::add);
            addCallout(new UUID(3, 1), OWNER, Layer.STREAM_V6);
            addCallout(new UUID(3, 2), STRANGER, LAYER);
            addCallout(new UUID(3, 3), STRANGER, Layer.STREAM_V6);
            addCallout(LAST, OWNER, LAYER);

            assertThat(heardUntilLast(heard))
                    .extracting(Map.Entry::getValue)
                    .filteredOn(it -> !it.equals(LAST))
                    .containsExactlyElementsOf(told);
        }
    }

    private static Stream<Arguments> layers() {
        return Stream.of(
                Arguments.of(OWNER, LAYER, Set.of()),
                Arguments.of(OWNER, null, Set.of(new UUID(3, 1))),
                Arguments.of(null, LAYER, Set.of(new UUID(3, 2))));
    }

    private void addProviders() throws PolicyException {
        bench.change(Principal.SYSTEM, it -> {
            it.add(new Provider(OWNER, DisplayData.of("owner"), false, null, Map.of()));
            it.add(new Provider(STRANGER, DisplayData.of("stranger"), false, null, Map.of()));
        });
    }

    private void add(ObjectType type, UUID key, Map<ObjectType, UUID> named) throws PolicyException {
        bench.change(
                Principal.SYSTEM, it -> AnyObject.of(type, key, false, named).addTo(it));
    }

    private void addCallout(UUID key, UUID provider, Layer layer) throws PolicyException {
        bench.change(
                Principal.SYSTEM,
                it -> it.add(new CalloutObject(key, DisplayData.of("c"), "x.c", layer, 0, provider, 0)));
    }

    private static List<Map.Entry<ChangeType, UUID>> heardUntilLast(BlockingQueue<ChangeNotice> heard)
            throws InterruptedException {
        List<Map.Entry<ChangeType, UUID>> all = new ArrayList<>();
        ChangeNotice next;
        do {
            next = heard.poll(DEADLINE_S, SECONDS);
            assertThat(next).as("within %s s", DEADLINE_S).isNotNull();
            all.add(Map.entry(next.change(), next.key()));
        } while (!next.key().equals(LAST));
        return all;
    }
}
