package io.sallyport.bfe.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.Bench;
import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine has after each commit is the policy as a whole, though it was handed the changes only. */
class CommitChangesTest {
    private static final DisplayData NAME = DisplayData.of("object");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @Tag("TXN-15")
    void shouldLeadToTheSameImageAsAWholeTranslation(long seed) throws Exception {
        Random random = new Random(seed);
        Bench bench = new Bench(folder);
        try (Session session = bench.bfe.openSession(SessionOptions.named("test"))) {
            for (int commit = 0; commit < 80; commit++) {
                try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
                    delete(transaction, bench, random);
                    add(transaction, random);
                    transaction.commit();
                }
                requireSame(bench.engine.current(), ImageTranslator.translate(bench.bfe.current()));
                if (random.nextInt(10) == 0) {
                    // As if the engine had been started anew.
                    bench.bfe.republish();
                }
            }
        }
        assertThat(bench.engine.changes).hasSizeGreaterThan(20);
    }

    @Test
    void shouldHandOverOneFilterForOneFilter() throws Exception {
        Bench bench = new Bench(folder);
        try (Session session = bench.bfe.openSession(SessionOptions.named("test"))) {
            for (int i = 0; i < 3; i++) {
                try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
                    transaction.add(filter("f" + i, 0, null, null));
                    transaction.commit();
                }
            }
            assertThat(bench.engine.changes).hasSize(3).allSatisfy(it -> {
                assertThat(it.filters()).hasSize(1);
                assertThat(it.removedFilters()).isEmpty();
            });
        }
    }

    private static void requireSame(PolicyImage actual, PolicyImage expected) {
        assertThat(actual.revision()).isEqualTo(expected.revision());
        assertThat(actual.filters()).containsExactlyInAnyOrderElementsOf(expected.filters());
        assertThat(actual.sublayers()).containsExactlyInAnyOrderElementsOf(expected.sublayers());
        assertThat(actual.callouts()).containsExactlyInAnyOrderElementsOf(expected.callouts());
    }

    private static void delete(Transaction transaction, Bench bench, Random random) throws PolicyException {
        for (Filter it : List.copyOf(bench.bfe.current().filters())) {
            if (random.nextInt(4) == 0) {
                transaction.delete(ObjectType.FILTER, it.key());
            }
        }
        for (CalloutObject it : List.copyOf(bench.bfe.current().callouts())) {
            boolean isUsed =
                    transaction.view().filters().stream().anyMatch(f -> it.key().equals(f.callout()));
            if (!isUsed && it.display().equals(NAME) && random.nextInt(3) == 0) {
                transaction.delete(ObjectType.CALLOUT, it.key());
                if (random.nextInt(12) == 0) {
                    // The same key, and another name.
                    transaction.add(callout(it.key(), random));
                }
            }
        }
        for (Sublayer it : List.copyOf(bench.bfe.current().sublayers())) {
            boolean isUsed =
                    transaction.view().filters().stream().anyMatch(f -> it.key().equals(f.sublayer()));
            if (!isUsed && it.display().equals(NAME) && random.nextInt(3) == 0) {
                transaction.delete(ObjectType.SUBLAYER, it.key());
                if (random.nextInt(12) == 0) {
                    transaction.add(new Sublayer(it.key(), NAME, false, null, random.nextInt(60_000)));
                }
            }
        }
    }

    private static void add(Transaction transaction, Random random) throws PolicyException {
        Provider provider = transaction.add(new Provider(uuid(random), NAME, false, null, Map.of()));
        Sublayer sublayer = transaction.add(new Sublayer(uuid(random), NAME, false, null, random.nextInt(60_000)));
        CalloutObject callout = transaction.add(callout(uuid(random), random));
        ProviderContext context = transaction.add(
                new ProviderContext(uuid(random), NAME, false, null, Map.of("a", random.nextLong()), 0));
        for (int i = random.nextInt(6); i >= 0; i--) {
            int flags = random.nextInt(4) == 0 ? FilterFlags.DISABLED : 0;
            Filter plain = filter("f" + random.nextInt(), flags, provider.key(), sublayer.key());
            transaction.add(plain);
        }
        transaction.add(Filter.builder("called", Layer.STREAM_V4, ActionType.CALLOUT_UNKNOWN)
                .callout(callout.key())
                .providerContext(context.key())
                .build());
        if (random.nextBoolean()) {
            transaction.add(filter("boot", FilterFlags.BOOTTIME, null, null));
        }
    }

    private static CalloutObject callout(UUID key, Random random) {
        return new CalloutObject(key, NAME, "x.c" + random.nextInt(9), Layer.STREAM_V4, 0, null, 0);
    }

    private static Filter filter(String name, int flags, UUID provider, UUID sublayer) {
        return Filter.builder(name, Layer.STREAM_V4, ActionType.BLOCK)
                .flags(flags)
                .provider(provider)
                .sublayer(sublayer)
                .build();
    }

    private static UUID uuid(Random random) {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
