package io.sallyport.bench.policy;

import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.layer.Field;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Value;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The process that is killed: a base filtering engine that commits without pause, and says the number of each commit when that is
 * safe. Each transaction replaces a pair of filters, so that half of one would show.
 */
final class Committer {
    /** Filters that stay, so that the store is no empty one. */
    static final int OTHERS = 500;

    private static final int PORT = 9;

    private Committer() {}

    /**
     * Commits until it is killed.
     *
     * @param args the store's folder
     */
    public static void main(String[] args) throws Exception {
        try (FilterEngineImpl engine = new FilterEngineImpl("crash");
                StoredPolicy policy = new StoredPolicy(engine, Path.of(args[0]))) {
            int number = numberOf(policy);
            if (number == 0) {
                policy.commit(transaction -> {
                    for (int i = 0; i < OTHERS; i++) {
                        transaction.add(Filter.builder("other " + i, PolicyCommand.LAYER, ActionType.PERMIT)
                                .flags(FilterFlags.PERSISTENT)
                                .when(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(1_000 + i)))
                                .build());
                    }
                });
            }
            while (true) {
                int last = number;
                number++;
                int next = number;
                policy.commit(transaction -> {
                    if (last > 0) {
                        transaction.delete(ObjectType.FILTER, key(last, false));
                        transaction.delete(ObjectType.FILTER, key(last, true));
                    }
                    transaction.add(filter(next, false));
                    transaction.add(filter(next, true));
                });
                System.out.println(number);
            }
        }
    }

    /** The number of the pair that is there; 0 if there is none, -1 if it is not one whole pair. */
    static int numberOf(StoredPolicy policy) {
        int number = 0;
        int found = 0;
        for (Filter it : policy.state().filters()) {
            if (it.key().getMostSignificantBits() == KEYS) {
                found++;
                int here = (int) (it.key().getLeastSignificantBits() >> 1);
                if (number != 0 && here != number) {
                    return -1;
                }
                number = here;
            }
        }
        return found == 0 || found == 2 ? number : -1;
    }

    private static final long KEYS = 0x5a11_4907L;

    private static UUID key(int number, boolean isTwin) {
        return new UUID(KEYS, 2L * number + (isTwin ? 1 : 0));
    }

    /** Odd pairs block a port, even ones permit it. */
    private static Filter filter(int number, boolean isTwin) throws PolicyException {
        return Filter.builder(
                        (isTwin ? "twin of " : "commit ") + number,
                        PolicyCommand.LAYER,
                        isBlocking(number) ? ActionType.BLOCK : ActionType.PERMIT)
                .key(key(number, isTwin))
                .flags(FilterFlags.PERSISTENT)
                .when(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(isTwin ? PORT + 1 : PORT)))
                .build();
    }

    static boolean isBlocking(int number) {
        return number % 2 == 1;
    }

    static int port() {
        return PORT;
    }
}
