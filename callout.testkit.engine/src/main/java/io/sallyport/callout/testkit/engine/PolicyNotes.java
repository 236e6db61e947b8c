package io.sallyport.callout.testkit.engine;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.callout.testkit.gateway.GatewayUnderTest.PolicyObjectNote;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Notes down what policy there is. */
final class PolicyNotes {
    private final BaseFilteringEngine bfe;
    private final Set<UUID> builtins = new HashSet<>();

    /** What is there now was there before anybody. */
    PolicyNotes(BaseFilteringEngine bfe) {
        this.bfe = bfe;
        all().forEach(note -> builtins.add(UUID.fromString(note.key())));
    }

    List<PolicyObjectNote> all() {
        try (Session session = bfe.openSession(SessionOptions.named("test"))) {
            PolicyView view = session.view();
            List<PolicyObjectNote> notes = new ArrayList<>();
            for (Provider it : view.providers()) {
                notes.add(note(
                        session,
                        view,
                        ObjectType.PROVIDER,
                        it.key(),
                        it.display().name(),
                        null,
                        null,
                        it));
            }
            for (Sublayer it : view.sublayers()) {
                notes.add(note(
                        session,
                        view,
                        ObjectType.SUBLAYER,
                        it.key(),
                        it.display().name(),
                        it.provider(),
                        null,
                        it));
            }
            for (CalloutObject it : view.callouts()) {
                notes.add(note(
                        session,
                        view,
                        ObjectType.CALLOUT,
                        it.key(),
                        it.display().name(),
                        it.provider(),
                        null,
                        it));
            }
            for (ProviderContext it : view.providerContexts()) {
                notes.add(note(
                        session,
                        view,
                        ObjectType.PROVIDER_CONTEXT,
                        it.key(),
                        it.display().name(),
                        it.provider(),
                        null,
                        it));
            }
            for (Filter it : view.filters()) {
                notes.add(note(
                        session, view, ObjectType.FILTER, it.key(), it.display().name(), it.provider(), it, it));
            }
            return notes;
        } catch (PolicyException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private PolicyObjectNote note(
            Session session,
            PolicyView view,
            ObjectType type,
            UUID key,
            String name,
            @Nullable UUID provider,
            @Nullable Filter filter,
            Object content)
            throws PolicyException {
        UUID sublayerKey = filter == null ? null : filter.sublayer();
        Sublayer sublayer = sublayerKey == null ? null : view.sublayer(sublayerKey);
        return new PolicyObjectNote(
                type.word(),
                key.toString(),
                name,
                providerName(view, provider),
                filter == null ? "" : filter.layer().policyName(),
                sublayer == null ? "" : sublayer.display().name(),
                sublayer == null ? "" : providerName(view, sublayer.provider()),
                filter == null ? "" : filter.action().policyName(),
                builtins.contains(key),
                content.toString(),
                session.security(SecurityTarget.object(type, key)).toString());
    }

    private static String providerName(PolicyView view, @Nullable UUID key) {
        Provider provider = key == null ? null : view.provider(key);
        return provider == null ? "" : provider.display().name();
    }
}
