package io.sallyport.bench.crash;

import io.sallyport.bench.policy.StoredPolicy;
import io.sallyport.bfe.internal.disk.PolicyStore;
import io.sallyport.bfe.internal.disk.StoreDamagedException;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Opens a store from damaged files: as a write that was cut off leaves them, or as a bad disk gives them back. What opens must
 * be a revision that was committed, and the last one if its seal is there, and one that can be worked with. For one thread.
 */
final class Damage {
    private final Path folder;
    private final SplittableRandom random = new SplittableRandom(13);
    /** Before the last commit and after it, as a process that was killed leaves them. */
    private final StoreImage before;

    private final StoreImage after;
    private final String previous;
    private final String latest;

    private int foundLatest;
    private int foundPrevious;
    private int refused;
    private int silent;

    /**
     * Makes a store and remembers its last commit.
     *
     * @param folder an empty one; its owner deletes it
     * @param filters how many are in the store
     */
    Damage(Path folder, int filters) throws Exception {
        this.folder = Files.createDirectory(folder.resolve("damaged"));
        Path whole = Files.createDirectory(folder.resolve("whole"));
        try (FilterEngineImpl engine = new FilterEngineImpl("damage");
                StoredPolicy policy = new StoredPolicy(engine, whole)) {
            policy.commit(transaction -> {
                for (int i = 0; i < filters; i++) {
                    transaction.add(filter("filter " + i));
                }
            });
            policy.commit(transaction -> transaction.add(filter("the last but one")));
            before = StoreImage.read(whole);
            policy.commit(transaction -> transaction.add(filter("the last one")));
            after = StoreImage.read(whole);
        }
        previous = revision(before);
        latest = revision(after);
    }

    /**
     * Cuts the write of the last commit off before each byte that it changed and behind the last one, with the seal of before and, as after a disk that
     * confirmed what it had not written, with the new one.
     */
    void cutEverywhere() throws IOException {
        byte[] torn = Arrays.copyOf(before.store(), before.store().length);
        for (int at = 0; at < after.store().length; at++) {
            if (at == torn.length) {
                // The file grows as it is written.
                torn = Arrays.copyOf(torn, at + 1);
            } else if (torn[at] == after.store()[at]) {
                continue;
            }
            open(new StoreImage(torn, before.seal()), true);
            open(new StoreImage(torn, after.seal()), false);
            torn[at] = after.store()[at];
        }
        open(new StoreImage(torn, before.seal()), true);
        open(new StoreImage(torn, after.seal()), false);
    }

    /**
     * Turns one bit at a time, of either file.
     *
     * @param count how often
     */
    void turnBits(int count) throws IOException {
        int storeBits = 8 * after.store().length;
        int sealBits = 8 * after.seal().length;
        for (int i = 0; i < count; i++) {
            int bit = random.nextInt(storeBits + sealBits);
            open(
                    bit < storeBits
                            ? new StoreImage(turned(after.store(), bit), after.seal())
                            : new StoreImage(after.store(), turned(after.seal(), bit - storeBits)),
                    false);
        }
    }

    /**
     * Turns each bit of some bytes, one at a time, wherever they stand in the store in a row.
     *
     * @param row to look for
     * @return in how many places they stand
     */
    int turnEachBitOf(byte... row) throws IOException {
        byte[] store = after.store();
        int places = 0;
        for (int at = 0; at + row.length <= store.length; at++) {
            if (Arrays.equals(store, at, at + row.length, row, 0, row.length)) {
                places++;
                for (int bit = 8 * at; bit < 8 * (at + row.length); bit++) {
                    open(new StoreImage(turned(store, bit), after.seal()), false);
                }
            }
        }
        return places;
    }

    /** What opened as something that it should not be. */
    int silent() {
        return silent;
    }

    int refused() {
        return refused;
    }

    int foundPrevious() {
        return foundPrevious;
    }

    int foundLatest() {
        return foundLatest;
    }

    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("opened", foundLatest + foundPrevious + refused + silent);
        figures.put("latest", foundLatest);
        figures.put("previous", foundPrevious);
        figures.put("refused", refused);
        figures.put("silent", silent);
        return figures;
    }

    private void open(StoreImage image, boolean mayBePrevious) throws IOException {
        try {
            String found = revision(image);
            if (found.equals(latest)) {
                if (isOfUse()) {
                    foundLatest++;
                } else {
                    silent++;
                }
            } else if (mayBePrevious && found.equals(previous)) {
                foundPrevious++;
            } else {
                silent++;
            }
        } catch (StoreDamagedException e) {
            refused++;
        }
    }

    private String revision(StoreImage image) throws IOException {
        image.write(folder);
        try (PolicyStore store = PolicyStore.open(folder)) {
            return store.load().revision();
        }
    }

    /**
     * Whether what was opened last can be worked with: each of its records is found by a search, since all of them go in the next
     * commit, after which the store opens again and is empty.
     */
    private boolean isOfUse() throws IOException {
        try (PolicyStore store = PolicyStore.open(folder)) {
            store.load();
            store.commit(PolicyState.initial());
        }
        try (PolicyStore store = PolicyStore.open(folder)) {
            return store.load().filters().isEmpty();
        } catch (StoreDamagedException e) {
            return false;
        }
    }

    private static byte[] turned(byte[] bytes, int bit) {
        byte[] turned = bytes.clone();
        turned[bit / 8] ^= (byte) (1 << (bit % 8));
        return turned;
    }

    private static Filter filter(String name) {
        return Filter.builder(name, Layer.ALE_AUTH_CONNECT_V4, ActionType.BLOCK)
                .flags(FilterFlags.PERSISTENT)
                .build();
    }
}
