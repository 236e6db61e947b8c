package io.sallyport.bfe.internal.disk;

import static io.sallyport.bfe.internal.disk.ValueCodec.known;

import io.sallyport.bfe.internal.store.IdCounters;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Restoration;
import io.sallyport.bfe.internal.store.Stored;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Managed objects as records. A record begins with its kind and the order in which the object was added. */
final class ObjectCodec {

    /** The kinds of records, in the order in which they are put together again. */
    enum Kind {
        PROVIDER,
        SUBLAYER,
        CALLOUT,
        CONTEXT,
        FILTER,
        /** One record: options, and the security of what is no record itself. Its key is the zero GUID. */
        SETTINGS,
        /** A set without its entries. */
        SET,
        /** One entry of a set, so that an edit writes what it changes. Its key is the set's, its name the text. */
        ENTRY;

        String keyOf(UUID key) {
            return name() + "/" + key;
        }

        /** The order in which records are put together: what others refer to comes first. */
        int rank() {
            return this == SET ? FILTER.ordinal() * 2 - 1 : ordinal() * 2;
        }
    }

    static final UUID SETTINGS_KEY = new UUID(0, 0);

    private ObjectCodec() {}

    static byte[] encode(Stored<Provider> stored, long order) {
        Provider it = stored.object();
        RecordWriter out = begin(Kind.PROVIDER, order, it.key(), it.display());
        out.flag(it.isPersistent()).textOrNull(it.serviceName()).data(it.data());
        return end(out, stored);
    }

    static byte[] encode(Stored<Sublayer> stored, int askedWeight, long order) {
        Sublayer it = stored.object();
        RecordWriter out = begin(Kind.SUBLAYER, order, it.key(), it.display());
        out.flag(it.isPersistent()).uuidOrNull(it.provider()).i32(it.weight()).i32(askedWeight);
        return end(out, stored);
    }

    static byte[] encode(Stored<CalloutObject> stored, List<UUID> owners) {
        CalloutObject it = stored.object();
        RecordWriter out = begin(Kind.CALLOUT, it.id(), it.key(), it.display());
        out.text(it.calloutName()).uuid(it.layer().key()).i32(it.flags()).uuidOrNull(it.provider());
        out.i32(owners.size());
        owners.forEach(out::uuid);
        return end(out, stored);
    }

    static byte[] encodeContext(Stored<ProviderContext> stored) {
        ProviderContext it = stored.object();
        RecordWriter out = begin(Kind.CONTEXT, it.id(), it.key(), it.display());
        out.flag(it.isPersistent()).uuidOrNull(it.provider()).data(it.data());
        return end(out, stored);
    }

    static byte[] encodeSet(Stored<PolicySet> stored, long order) {
        PolicySet it = stored.object();
        RecordWriter out = begin(Kind.SET, order, it.key(), it.display());
        out.flag(it.isPersistent()).uuidOrNull(it.provider()).flag(it.kind() == SetKind.PORTS);
        return end(out, stored);
    }

    static String keyOf(UUID set, SetEntry entry) {
        return Kind.ENTRY.keyOf(set) + "/" + entry.text();
    }

    static byte[] encodeEntry(UUID set, SetEntry entry) {
        return begin(Kind.ENTRY, 0, set, DisplayData.of(entry.text()))
                .flag(entry.isWide())
                .i64(entry.firstHigh())
                .i64(entry.firstLow())
                .i64(entry.lastHigh())
                .i64(entry.lastLow())
                .done();
    }

    static byte[] encodeFilter(Stored<Filter> stored) {
        Filter it = stored.object();
        RecordWriter out = begin(Kind.FILTER, it.id(), it.key(), it.display());
        out.i32(it.flags()).uuidOrNull(it.provider()).uuid(it.layer().key()).uuidOrNull(it.sublayer());
        ValueCodec.write(out, it.weight());
        out.i32(it.conditions().size());
        it.conditions().forEach(condition -> ValueCodec.write(out, condition));
        out.i32(it.action().code())
                .uuidOrNull(it.callout())
                .i64(it.rawContext())
                .uuidOrNull(it.providerContext());
        return end(out, stored);
    }

    static byte[] encodeSettings(PolicyState state) {
        RecordWriter out = begin(Kind.SETTINGS, 0, SETTINGS_KEY, new DisplayData("settings", ""));
        SecurityCodec.write(out, state);
        return out.done();
    }

    private static byte[] end(RecordWriter out, Stored<?> stored) {
        return SecurityCodec.write(out, stored.security()).done();
    }

    private static RecordWriter begin(Kind kind, long order, UUID key, DisplayData display) {
        return new RecordWriter()
                .u8(kind.ordinal())
                .i64(order)
                .uuid(key)
                .text(display.name())
                .text(display.description());
    }

    /** A record whose checksum is right, read as far as all kinds are alike. */
    record Opened(int format, Kind kind, long order, UUID key, DisplayData display, RecordReader rest) {

        SetEntry entry() throws StoreDamagedException {
            boolean isWide = rest.flag();
            long firstHigh = rest.i64();
            long firstLow = rest.i64();
            long lastHigh = rest.i64();
            long lastLow = rest.i64();
            rest.end();
            try {
                return new SetEntry(display.name(), isWide, firstHigh, firstLow, lastHigh, lastLow);
            } catch (IllegalArgumentException e) {
                throw new StoreDamagedException("an entry of a set cannot be loaded: " + e.getMessage(), e);
            }
        }

        private void addSet(Restoration policy, Map<UUID, List<SetEntry>> entries)
                throws StoreDamagedException, PolicyException {
            boolean isPersistent = rest.flag();
            UUID provider = rest.uuidOrNull();
            SetKind kind = rest.flag() ? SetKind.PORTS : SetKind.ADDRESSES;
            SecurityInfo info = end();
            List<SetEntry> own = entries.remove(key);
            SetEntries all = own == null ? SetEntries.EMPTY : SetEntries.EMPTY.edited(List.of(), own);
            policy.add(new PolicySet(key, display, isPersistent, provider, kind, all));
            secure(policy, ObjectType.SET, info);
        }

        void addTo(Restoration policy, Map<UUID, List<SetEntry>> entries)
                throws StoreDamagedException, PolicyException {
            switch (kind) {
                case PROVIDER -> addProvider(policy);
                case SUBLAYER -> addSublayer(policy);
                case CALLOUT -> addCallout(policy);
                case CONTEXT -> addContext(policy);
                case FILTER -> addFilter(policy);
                case SET -> addSet(policy, entries);
                case ENTRY -> throw new StoreDamagedException("an entry is no object");
                case SETTINGS -> SecurityCodec.readSettings(rest, policy);
            }
        }

        /** The end of a record; null in a format that knew no security. */
        private @Nullable SecurityInfo end() throws StoreDamagedException {
            SecurityInfo info = format < Head.FORMAT_WITH_SECURITY ? null : SecurityCodec.read(rest);
            rest.end();
            return info;
        }

        private void secure(Restoration policy, ObjectType type, @Nullable SecurityInfo info) throws PolicyException {
            if (info != null) {
                policy.secure(type, key, info);
            }
        }

        private void addProvider(Restoration policy) throws StoreDamagedException, PolicyException {
            Provider it = new Provider(key, display, rest.flag(), rest.textOrNull(), rest.map());
            SecurityInfo info = end();
            policy.add(it);
            secure(policy, ObjectType.PROVIDER, info);
        }

        private void addSublayer(Restoration policy) throws StoreDamagedException, PolicyException {
            Sublayer it = new Sublayer(key, display, rest.flag(), rest.uuidOrNull(), rest.i32());
            int askedWeight = rest.i32();
            SecurityInfo info = end();
            policy.add(it, askedWeight);
            secure(policy, ObjectType.SUBLAYER, info);
        }

        private void addCallout(Restoration policy) throws StoreDamagedException, PolicyException {
            String name = rest.text();
            Layer layer = known(Layer.byKey(rest.uuid()), "layer");
            CalloutObject it =
                    new CalloutObject(key, display, name, layer, rest.i32(), rest.uuidOrNull(), Math.toIntExact(order));
            int count = rest.count();
            List<UUID> owners = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                owners.add(rest.uuid());
            }
            SecurityInfo info = end();
            policy.add(it, owners);
            secure(policy, ObjectType.CALLOUT, info);
        }

        private void addContext(Restoration policy) throws StoreDamagedException, PolicyException {
            ProviderContext it = new ProviderContext(key, display, rest.flag(), rest.uuidOrNull(), rest.map(), order);
            SecurityInfo info = end();
            policy.add(it);
            secure(policy, ObjectType.PROVIDER_CONTEXT, info);
        }

        private void addFilter(Restoration policy) throws StoreDamagedException, PolicyException {
            int flags = rest.i32();
            UUID provider = rest.uuidOrNull();
            Layer layer = known(Layer.byKey(rest.uuid()), "layer");
            UUID sublayer = rest.uuidOrNull();
            Value weight = ValueCodec.read(rest);
            int count = rest.count();
            List<Condition> conditions = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                conditions.add(ValueCodec.readCondition(rest));
            }
            ActionType action = known(ActionType.byCode(rest.i32()), "action");
            UUID callout = rest.uuidOrNull();
            long rawContext = rest.i64();
            UUID context = rest.uuidOrNull();
            SecurityInfo info = end();
            policy.add(new Filter(
                    key,
                    display,
                    flags,
                    provider,
                    layer,
                    sublayer,
                    weight,
                    conditions,
                    action,
                    callout,
                    rawContext,
                    context,
                    order,
                    0));
            secure(policy, ObjectType.FILTER, info);
        }
    }

    static Opened open(byte[] record, int format) throws StoreDamagedException {
        RecordReader in = new RecordReader(record);
        int kind = in.u8();
        if (kind >= Kind.values().length) {
            throw new StoreDamagedException("a record is of an unknown kind " + kind);
        }
        return new Opened(format, Kind.values()[kind], in.i64(), in.uuid(), new DisplayData(in.text(), in.text()), in);
    }

    /** All records as a policy. */
    static PolicyState restore(Iterable<byte[]> records, int format, IdCounters counters) throws StoreDamagedException {
        List<Opened> opened = new ArrayList<>();
        Map<UUID, List<SetEntry>> entries = new HashMap<>();
        for (byte[] record : records) {
            Opened it = open(record, format);
            if (it.kind() == Kind.ENTRY) {
                entries.computeIfAbsent(it.key(), set -> new ArrayList<>()).add(it.entry());
            } else {
                opened.add(it);
            }
        }
        opened.sort((a, b) -> a.kind() == b.kind()
                ? Long.compare(a.order(), b.order())
                : Integer.compare(a.kind().rank(), b.kind().rank()));
        Restoration policy = new Restoration();
        for (Opened it : opened) {
            try {
                it.addTo(policy, entries);
            } catch (PolicyException | IllegalArgumentException | ArithmeticException e) {
                throw new StoreDamagedException("a record cannot be loaded: " + e.getMessage(), e);
            }
        }
        if (!entries.isEmpty()) {
            throw new StoreDamagedException("entries of a set that is not there: " + entries.keySet());
        }
        policy.given(counters);
        return policy.done();
    }
}
