package io.sallyport.bfe.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Twenty owners, ten operators and ten plug-ins, change what is theirs and try each other's. The oracle is a set of (owner, type,
 * key): who owns an object may delete it, nobody else may; a foreign thing may not be referred to.
 */
@Timeout(60)
@Tag("SEC-7")
class OwnersTest {
    private static final int OWNERS = 20;
    private static final int ATTEMPTS = 4_000;
    private static final ObjectType[] TYPES = {
        ObjectType.SUBLAYER, ObjectType.CALLOUT, ObjectType.PROVIDER_CONTEXT, ObjectType.FILTER
    };

    private final SecurityBench bench = new SecurityBench();
    private final Random random = new Random(20);
    private final List<Owner> owners = new ArrayList<>();
    private final Map<Thing, Owner> oracle = new HashMap<>();
    private int foreignAttempts;
    private int ownChanges;

    private record Thing(ObjectType type, UUID key) {}

    /** Somebody with a session and a provider. */
    private static final class Owner {
        final Principal principal;
        final Session session;
        final Provider provider;

        Owner(Principal principal, Session session) {
            this.principal = principal;
            this.session = session;
            boolean isVendor = principal.role() == Role.VENDOR;
            this.provider =
                    new Provider(UUID.randomUUID(), DisplayData.of(principal.name()), !isVendor, null, Map.of());
        }

        boolean isVendor() {
            return principal.role() == Role.VENDOR;
        }
    }

    @Test
    void shouldRefuseEveryForeignChangeAndLeaveNothingBehind() throws Exception {
        for (int i = 0; i < OWNERS; i++) {
            Principal principal =
                    i % 2 == 0 ? new Principal(Role.OPERATOR, "user" + i) : Principal.vendor("com.example.b" + i);
            SessionOptions options =
                    i % 2 == 0 ? SessionOptions.named("user" + i) : SessionOptions.dynamic("plug-in " + i);
            Owner owner = new Owner(principal, bench.bfe.openSession(options.as(principal)));
            assertThat(attempt(owner, it -> it.add(owner.provider))).isNull();
            oracle.put(new Thing(ObjectType.PROVIDER, owner.provider.key()), owner);
            owners.add(owner);
        }
        int builtIn = size(PolicyState.initial());
        for (int i = 0; i < ATTEMPTS; i++) {
            Owner owner = owners.get(random.nextInt(OWNERS));
            if (random.nextInt(3) == 0) {
                tryDelete(owner);
            } else {
                tryAdd(owner);
            }
        }
        assertThat(foreignAttempts).isGreaterThan(ATTEMPTS / 4);
        assertThat(ownChanges).isGreaterThan(ATTEMPTS / 8);
        assertThat(size(bench.bfe.current())).isEqualTo(builtIn + oracle.size());
        for (Owner owner : owners) {
            remove(owner);
            assertThat(things(owner)).isEmpty();
        }
        assertThat(size(bench.bfe.current())).isEqualTo(builtIn);
        assertThat(bench.denied).hasSize(foreignAttempts);
    }

    private void tryAdd(Owner owner) {
        ObjectType type = TYPES[random.nextInt(TYPES.length)];
        Owner named = random.nextBoolean() ? owner : owners.get(random.nextInt(OWNERS));
        Owner linked = random.nextBoolean() ? named : owners.get(random.nextInt(OWNERS));
        UUID key = UUID.randomUUID();
        UUID sublayer = type == ObjectType.FILTER ? anyOf(linked, ObjectType.SUBLAYER) : null;
        boolean isForeign = named != owner || (sublayer != null && linked != owner);
        PolicyException refusal =
                attempt(owner, it -> add(it, type, key, named.provider.key(), sublayer, !owner.isVendor()));
        if (isForeign) {
            foreignAttempts++;
            assertDenied(refusal);
        } else {
            assertThat(refusal).isNull();
            ownChanges++;
            oracle.put(new Thing(type, key), owner);
        }
    }

    private void tryDelete(Owner owner) {
        List<Thing> all = new ArrayList<>(oracle.keySet());
        all.sort(java.util.Comparator.comparing(thing -> thing.key().toString()));
        Thing thing = all.get(random.nextInt(all.size()));
        boolean isForeign = oracle.get(thing) != owner;
        if (!isForeign && thing.type() == ObjectType.PROVIDER) {
            return;
        }
        PolicyException refusal = attempt(owner, it -> it.delete(thing.type(), thing.key()));
        if (isForeign) {
            foreignAttempts++;
            assertDenied(refusal);
        } else if (refusal == null) {
            ownChanges++;
            oracle.remove(thing);
        } else {
            assertThat(refusal.error()).isEqualTo(WfpError.IN_USE);
        }
    }

    private static void add(
            Transaction it, ObjectType type, UUID key, UUID provider, UUID sublayer, boolean isPersistent)
            throws PolicyException {
        DisplayData name = DisplayData.of("o");
        switch (type) {
            case SUBLAYER -> it.add(new Sublayer(key, name, isPersistent, provider, 1_000));
            case CALLOUT ->
                it.add(new CalloutObject(
                        key,
                        name,
                        "x.c",
                        Layer.STREAM_V4,
                        isPersistent ? io.sallyport.callout.CalloutFlags.PERSISTENT : 0,
                        provider,
                        0));
            case PROVIDER_CONTEXT -> it.add(new ProviderContext(key, name, isPersistent, provider, Map.of(), 0));
            default ->
                it.add(Filter.builder("o", Layer.STREAM_V4, ActionType.BLOCK)
                        .key(key)
                        .provider(provider)
                        .sublayer(sublayer)
                        .build());
        }
    }

    /** A plug-in's objects go with its session; an operator's are deleted, those that refer to others first. */
    private void remove(Owner owner) {
        if (owner.isVendor()) {
            owner.session.close();
            oracle.values().removeIf(it -> it == owner);
            return;
        }
        assertThat(attempt(owner, it -> {
                    for (ObjectType type : List.of(
                            ObjectType.FILTER,
                            ObjectType.PROVIDER_CONTEXT,
                            ObjectType.CALLOUT,
                            ObjectType.SUBLAYER,
                            ObjectType.PROVIDER)) {
                        for (Thing thing : things(owner)) {
                            if (thing.type() == type) {
                                it.delete(type, thing.key());
                            }
                        }
                    }
                }))
                .isNull();
        oracle.values().removeIf(it -> it == owner);
        owner.session.close();
    }

    /** What the engine holds of an owner. */
    private Set<Thing> things(Owner owner) {
        Set<Thing> things = new HashSet<>();
        PolicyState state = bench.bfe.current();
        UUID provider = owner.provider.key();
        state.filters().stream()
                .filter(it -> provider.equals(it.provider()))
                .forEach(it -> things.add(new Thing(ObjectType.FILTER, it.key())));
        state.providerContexts().stream()
                .filter(it -> provider.equals(it.provider()))
                .forEach(it -> things.add(new Thing(ObjectType.PROVIDER_CONTEXT, it.key())));
        state.callouts().stream()
                .filter(it -> provider.equals(it.provider()))
                .forEach(it -> things.add(new Thing(ObjectType.CALLOUT, it.key())));
        state.sublayers().stream()
                .filter(it -> provider.equals(it.provider()))
                .forEach(it -> things.add(new Thing(ObjectType.SUBLAYER, it.key())));
        if (state.provider(provider) != null) {
            things.add(new Thing(ObjectType.PROVIDER, provider));
        }
        return things;
    }

    private UUID anyOf(Owner owner, ObjectType type) {
        return oracle.entrySet().stream()
                .filter(entry -> entry.getValue() == owner && entry.getKey().type() == type)
                .map(entry -> entry.getKey().key())
                .min(java.util.Comparator.comparing(UUID::toString))
                .orElse(null);
    }

    /** The refusal, or null; the policy is the same if there is one. */
    private PolicyException attempt(Owner owner, SecurityBench.Change change) {
        PolicyState before = bench.bfe.current();
        try (Transaction transaction = owner.session.begin(TransactionMode.READ_WRITE)) {
            change.make(transaction);
            transaction.commit();
            return null;
        } catch (PolicyException e) {
            assertThat(bench.bfe.current()).isSameAs(before);
            return e;
        }
    }

    private static void assertDenied(PolicyException refusal) {
        assertThat(refusal).isNotNull();
        assertThat(refusal.error()).as(refusal.getMessage()).isEqualTo(WfpError.ERROR_ACCESS_DENIED);
    }

    private static int size(PolicyState state) {
        return state.providers().size()
                + state.sublayers().size()
                + state.callouts().size()
                + state.providerContexts().size()
                + state.filters().size();
    }
}
