package io.sallyport.bfe.internal.disk;

import io.sallyport.bfe.internal.disk.ObjectCodec.Kind;
import io.sallyport.bfe.internal.store.Change;
import io.sallyport.bfe.internal.store.KeptPart;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.StateChanges;
import io.sallyport.bfe.internal.store.Stored;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.SetEntries;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of the objects that outlive the BFE: persistent ones and boot-time filters. Of two policies it looks only at
 * what differs.
 */
final class ObjectRecords {
    /** Providers and sublayers have no run-time ids that tell their order: the records count. */
    private long lastOrder;

    /** Makes the record of an object, given the order in which it came. */
    @FunctionalInterface
    private interface Encoder<T> {
        byte[] encode(Stored<T> stored, long order);
    }

    /** Finds the record that is there under a key; null if there is none. */
    @FunctionalInterface
    interface Known {
        byte @Nullable [] find(String key);
    }

    /** Learns the orders of what is in the store. */
    void loaded(Iterable<byte[]> records, int format) throws StoreDamagedException {
        for (byte[] record : records) {
            ObjectCodec.Opened it = ObjectCodec.open(record, format);
            if (it.kind() == Kind.PROVIDER || it.kind() == Kind.SUBLAYER || it.kind() == Kind.SET) {
                lastOrder = Math.max(lastOrder, it.order());
            }
        }
    }

    /**
     * What has to be written.
     *
     * @param next the policy to keep
     * @param before the policy that is kept; null: none is known, all of {@code next} is told
     * @param known the records that are there
     * @return by key, the new record; null: the record goes
     */
    Map<String, byte @Nullable []> changes(PolicyState next, @Nullable PolicyState before, Known known)
            throws StoreDamagedException {
        PolicyState base = before == null ? PolicyState.initial() : before;
        StateChanges differing = next.since(base);
        Run run = new Run(known);
        run.addAll(Kind.PROVIDER, differing.providers(), ObjectCodec::encode, it -> 0);
        run.addAll(
                Kind.SUBLAYER,
                differing.sublayers(),
                (it, order) -> ObjectCodec.encode(it, next.askedWeightOf(it.object()), order),
                it -> 0);
        run.addAll(
                Kind.CALLOUT,
                differing.callouts(),
                (it, order) -> ObjectCodec.encode(it, next.ownersOf(it.object())),
                it -> it.id());
        run.addAll(Kind.CONTEXT, differing.contexts(), (it, order) -> ObjectCodec.encodeContext(it), it -> it.id());
        run.addAll(Kind.SET, differing.sets(), ObjectCodec::encodeSet, it -> 0);
        differing.sets().forEach(run::addEntries);
        run.addAll(Kind.FILTER, differing.filters(), (it, order) -> ObjectCodec.encodeFilter(it), it -> it.id());
        run.changes.put(
                Kind.SETTINGS.keyOf(ObjectCodec.SETTINGS_KEY),
                SecurityCodec.isNeeded(next) ? ObjectCodec.encodeSettings(next) : null);
        return run.changes;
    }

    private final class Run {
        private final Known known;
        private final Map<String, byte @Nullable []> changes = new LinkedHashMap<>();

        Run(Known known) {
            this.known = known;
        }

        <T> void addAll(Kind kind, List<Change<T>> all, Encoder<T> encoder, ToLongFunction<T> id)
                throws StoreDamagedException {
            for (Change<T> change : all) {
                String key = kind.keyOf(change.key());
                Stored<T> after = change.after();
                if (after == null || !isKept(after)) {
                    changes.put(key, null);
                } else {
                    long order = id.applyAsLong(after.object());
                    changes.put(key, encoder.encode(after, order != 0 ? order : orderOf(key, change.isInPlace())));
                }
            }
        }

        private void addEntries(Change<PolicySet> change) {
            SetEntries.Difference difference = kept(change.after()).since(kept(change.before()));
            difference.removed().forEach(it -> changes.put(ObjectCodec.keyOf(change.key(), it), null));
            difference
                    .added()
                    .forEach(it -> changes.put(
                            ObjectCodec.keyOf(change.key(), it), ObjectCodec.encodeEntry(change.key(), it)));
        }

        private SetEntries kept(@Nullable Stored<PolicySet> stored) {
            return stored == null || !isKept(stored)
                    ? SetEntries.EMPTY
                    : stored.object().entries();
        }

        /** What stays in its place keeps its number. */
        private long orderOf(String key, boolean isInPlace) throws StoreDamagedException {
            byte[] there = isInPlace ? known.find(key) : null;
            return there == null
                    ? ++lastOrder
                    : ObjectCodec.open(there, Head.FORMAT).order();
        }
    }

    private static boolean isKept(Stored<?> stored) {
        return KeptPart.has(stored.lifetime());
    }
}
