package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where security information is: objects have their own; that of engine, containers, layers and built-in objects is what
 * somebody has set, or the default. One rule for states and for drafts.
 */
final class SecurityLookup {
    private SecurityLookup() {}

    /**
     * Finds it.
     *
     * @param target of what
     * @param set what somebody has set
     * @param objects finds those of a state or of a draft
     * @return null if there is no such object
     */
    static @Nullable SecurityInfo find(
            SecurityTarget target,
            Map<SecurityTarget, SecurityInfo> set,
            BiFunction<ObjectType, UUID, @Nullable Stored<?>> objects) {
        ObjectType type = target.type();
        UUID key = target.key();
        if (type != null && key != null && type != ObjectType.LAYER) {
            Stored<?> stored = objects.apply(type, key);
            if (stored == null || stored.lifetime() != Lifetime.BUILT_IN) {
                return stored == null ? null : stored.security();
            }
            return set.getOrDefault(target, stored.security());
        }
        if (type == ObjectType.LAYER && key != null && Layer.byKey(key) == null) {
            return null;
        }
        SecurityInfo known = set.get(target);
        return known == null ? DefaultSecurity.of(target) : known;
    }

    /** What was found; refuses what does not exist. */
    static SecurityInfo required(SecurityTarget target, @Nullable SecurityInfo found) throws PolicyException {
        if (found == null) {
            ObjectType type = target.type();
            throw new PolicyException(
                    type == null ? WfpError.NOT_FOUND : ObjectRules.notFound(type), "there is no " + target);
        }
        return found;
    }
}
