package io.sallyport.bfe.internal.store;

import io.sallyport.layer.Field;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Sets of a draft: what may be in them, their edits, and who refers to them. */
final class DraftSets {
    /** What a set holds at most. */
    static final int MOST_ENTRIES = 1_000_000;

    private static final int MOST_NAMED = 5;
    private static final long MOST_PORT = 0xffff;
    private static final long MOST_V4 = 0xffff_ffffL;

    private final Draft draft;
    private final SessionId session;

    DraftSets(Draft draft, SessionId session) {
        this.draft = draft;
        this.session = session;
    }

    static void checkEntries(PolicySet it, Collection<SetEntry> entries, String what) throws PolicyException {
        for (SetEntry entry : entries) {
            boolean isFitting = it.kind() == SetKind.ADDRESSES
                    ? entry.isWide() || Long.compareUnsigned(entry.lastLow(), MOST_V4) <= 0
                    : !entry.isWide() && Long.compareUnsigned(entry.lastLow(), MOST_PORT) <= 0;
            if (!isFitting) {
                throw new PolicyException(
                        WfpError.TYPE_MISMATCH,
                        what + ": entry " + entry.text() + " does not go into a set of "
                                + it.kind().word());
            }
        }
    }

    static void checkSize(SetEntries entries, String what) throws PolicyException {
        if (entries.size() > MOST_ENTRIES) {
            throw new PolicyException(
                    WfpError.INVALID_PARAMETER,
                    what + ": a set holds at most " + MOST_ENTRIES + " entries, not " + entries.size());
        }
    }

    /** Takes entries out and puts others in, all or none. */
    PolicySet edit(UUID key, Collection<SetEntry> removed, Collection<SetEntry> added) throws PolicyException {
        Stored<PolicySet> stored = ObjectRules.required(draft.tables.sets.find(key), ObjectType.SET, key, "edit");
        PolicySet old = stored.object();
        String what = ObjectRules.name(ObjectType.SET, old.display());
        draft.access().checkLink(AccessRights.WRITE, ObjectType.SET, key, what);
        ObjectRules.checkMayDelete(session, stored, what);
        checkEntries(old, added, what);
        Set<SetEntry> out = unique(removed, what);
        Set<SetEntry> in = unique(added, what);
        refuse(
                out,
                it -> !old.entries().has(it),
                WfpError.NOT_FOUND,
                what + ": not in the set, as 'set show' lists them: ");
        refuse(
                in,
                it -> old.entries().has(it) && !out.contains(it),
                WfpError.ALREADY_EXISTS,
                what + ": in the set already: ");
        SetEntries entries = old.entries().edited(out, in);
        checkSize(entries, what);
        if (entries.equals(old.entries())) {
            return old;
        }
        PolicySet edited = old.with(entries);
        draft.replaced(old, new Stored<>(edited, stored.lifetime(), stored.session(), stored.security()));
        return edited;
    }

    private static Set<SetEntry> unique(Collection<SetEntry> entries, String what) throws PolicyException {
        Set<SetEntry> unique = new HashSet<>();
        for (SetEntry it : entries) {
            if (!unique.add(it)) {
                throw new PolicyException(WfpError.ALREADY_EXISTS, what + ": named twice: " + it.text());
            }
        }
        return unique;
    }

    private static void refuse(Set<SetEntry> entries, Predicate<SetEntry> isBad, WfpError error, String message)
            throws PolicyException {
        List<String> bad =
                entries.stream().filter(isBad).map(SetEntry::text).sorted().toList();
        if (!bad.isEmpty()) {
            throw new PolicyException(error, message + some(bad));
        }
    }

    /** Why a set cannot be deleted. */
    String inUse(UUID key) {
        Stored<PolicySet> stored = draft.tables.sets.find(key);
        String name = stored == null ? "" : " " + stored.object().display().name();
        List<String> users = draft.tables.filters.stored().stream()
                .map(Stored::object)
                .filter(it -> named(it).contains(key))
                .map(it -> ObjectRules.name(ObjectType.FILTER, it.display()))
                .toList();
        return "set" + name + " (" + key + "): " + some(users) + (users.size() == 1 ? " names it" : " name it")
                + "; delete what names it, or change its conditions, first";
    }

    private static String some(List<String> all) {
        String some = all.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return some + (all.size() > MOST_NAMED ? " and " + (all.size() - MOST_NAMED) + " more" : "");
    }

    /** What the conditions of a filter may refer to. */
    void checkFilter(Filter filter, Lifetime from, String what) throws PolicyException {
        for (Condition condition : filter.conditions()) {
            if (condition.value() instanceof Value.InSet it) {
                check(filter, condition.field(), it, from, what);
            }
        }
    }

    private void check(Filter filter, Field field, Value.InSet value, Lifetime from, String what)
            throws PolicyException {
        String where = what + ", condition on " + field.policyName();
        UUID key = value.set();
        Stored<PolicySet> target = ObjectRules.required(draft.tables.sets.find(key), ObjectType.SET, key, where);
        PolicySet it = target.object();
        String link = where + " -> set " + it.display().name();
        if (it.kind() != value.kind()) {
            throw new PolicyException(
                    WfpError.TYPE_MISMATCH,
                    link + ": it holds " + it.kind().word() + "; name a set of "
                            + value.kind().word());
        }
        if (from == Lifetime.BOOT_TIME) {
            throw new PolicyException(
                    WfpError.LIFETIME_MISMATCH,
                    link + ": boot-time filters judge while there is no BFE that keeps sets; write the entries"
                            + " into the filter");
        }
        draft.access().checkLink(AccessRights.ADD_LINK, ObjectType.SET, key, what);
        boolean isSameOwner = it.provider() == null || it.provider().equals(filter.provider());
        ObjectRules.checkReference(session, from, target, isSameOwner, link);
    }

    /** The sets that the conditions of a filter name, each once. */
    static Set<UUID> named(Filter filter) {
        Set<UUID> named = Set.of();
        for (Condition condition : filter.conditions()) {
            if (condition.value() instanceof Value.InSet it) {
                named = named.isEmpty() ? new HashSet<>() : named;
                named.add(it.set());
            }
        }
        return named;
    }
}
