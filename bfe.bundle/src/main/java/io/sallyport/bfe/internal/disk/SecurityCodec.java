package io.sallyport.bfe.internal.disk;

import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Restoration;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.AccessEntry.Scope;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Security information, and the options of the engine: as text, so that the order of enums may change. */
final class SecurityCodec {
    private SecurityCodec() {}

    static RecordWriter write(RecordWriter out, SecurityInfo info) {
        out.text(info.owner().toString())
                .flag(info.isProtected())
                .i32(info.entries().size());
        for (AccessEntry entry : info.entries()) {
            out.flag(entry.isAllowed())
                    .text(entry.trustee().toString())
                    .i32(entry.rights())
                    .text(entry.scope().word());
        }
        return out;
    }

    static SecurityInfo read(RecordReader in) throws StoreDamagedException {
        Trustee owner = trustee(in);
        boolean isProtected = in.flag();
        int count = in.count();
        List<AccessEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(new AccessEntry(in.flag(), trustee(in), in.i32(), scope(in.text())));
        }
        return new SecurityInfo(owner, entries, isProtected);
    }

    /** Whether there is anything that somebody has set. */
    static boolean isNeeded(PolicyState state) {
        return !state.setSecurity().isEmpty() || !state.setOptions().isEmpty();
    }

    static void write(RecordWriter out, PolicyState state) {
        Map<String, Long> options = new TreeMap<>();
        state.setOptions().forEach((option, value) -> options.put(option.policyName(), value));
        out.i32(options.size());
        options.forEach((name, value) -> out.text(name).i64(value));
        out.i32(state.setSecurity().size());
        state.setSecurity().entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
                .forEach(entry -> {
                    ObjectType type = entry.getKey().type();
                    out.textOrNull(type == null ? null : type.word())
                            .uuidOrNull(entry.getKey().key());
                    write(out, entry.getValue());
                });
    }

    static void readSettings(RecordReader in, Restoration policy) throws StoreDamagedException, PolicyException {
        int options = in.count();
        for (int i = 0; i < options; i++) {
            policy.set(ValueCodec.known(EngineOption.byName(in.text()), "option"), in.i64());
        }
        int targets = in.count();
        for (int i = 0; i < targets; i++) {
            String type = in.textOrNull();
            UUID key = in.uuidOrNull();
            policy.secure(new SecurityTarget(type == null ? null : type(type), key), read(in));
        }
        in.end();
    }

    private static Trustee trustee(RecordReader in) throws StoreDamagedException {
        return ValueCodec.known(Trustee.parse(in.text()), "trustee");
    }

    private static Scope scope(String word) throws StoreDamagedException {
        for (Scope scope : Scope.values()) {
            if (scope.word().equals(word)) {
                return scope;
            }
        }
        throw new StoreDamagedException("a record holds an unknown scope " + word);
    }

    private static ObjectType type(String word) throws StoreDamagedException {
        for (ObjectType type : ObjectType.values()) {
            if (type.word().equals(word)) {
                return type;
            }
        }
        throw new StoreDamagedException("a record holds an unknown type of object " + word);
    }
}
