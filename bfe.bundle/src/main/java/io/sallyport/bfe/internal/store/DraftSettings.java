package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a draft changes beside its objects: who may do what, and the options of the engine. The filter engine knows neither. */
public final class DraftSettings {
    final Map<SecurityTarget, SecurityInfo> security;
    final Map<EngineOption, Long> options;

    private final Draft draft;
    private final PolicyState base;

    DraftSettings(Draft draft, PolicyState base) {
        this.draft = draft;
        this.base = base;
        this.security = new HashMap<>(base.security);
        this.options = new EnumMap<>(EngineOption.class);
        this.options.putAll(base.options);
    }

    /** Takes over all that another state has set. */
    void become(PolicyState other) {
        security.clear();
        security.putAll(other.security);
        options.clear();
        options.putAll(other.options);
        draft.thaw();
    }

    /** Null if there is no such object. */
    @Nullable SecurityInfo securityOf(SecurityTarget target) {
        return SecurityLookup.find(target, security, draft.tables::find);
    }

    /**
     * Replaces security information.
     *
     * @param target of what
     * @param info what it shall be
     * @throws PolicyException with the reason
     */
    public void setSecurity(SecurityTarget target, SecurityInfo info) throws PolicyException {
        SecurityInfo old = SecurityLookup.required(target, securityOf(target));
        ObjectType type = target.type();
        UUID key = target.key();
        Stored<?> stored = type == null || key == null ? null : draft.tables.find(type, key);
        draft.access().checkSet(target, old, info, stored == null ? null : stored.session());
        if (type == null || key == null || stored == null || stored.lifetime() == Lifetime.BUILT_IN) {
            security.put(target, info);
        } else {
            draft.tables.secure(type, key, info);
        }
        draft.thaw();
    }

    /**
     * Gives an object that was added to this draft security information of its own (SEC-8).
     *
     * @param type what kind
     * @param key its key
     * @param info what it shall be
     * @throws PolicyException with the reason
     */
    public void secureNew(ObjectType type, UUID key, SecurityInfo info) throws PolicyException {
        SecurityTarget target = SecurityTarget.object(type, key);
        SecurityLookup.required(target, securityOf(target));
        if (base.securityOf(target) != null) {
            throw new PolicyException(
                    WfpError.TXN_IN_PROGRESS,
                    "security of " + target
                            + ": it was there before this transaction; change it outside of transactions");
        }
        draft.access().checkOwner(info, "security of " + target);
        draft.tables.secure(type, key, info);
        draft.thaw();
    }

    /**
     * Sets an option of the engine.
     *
     * @param option which one
     * @param value within its bounds
     * @throws PolicyException INVALID_PARAMETER
     */
    public void setOption(EngineOption option, long value) throws PolicyException {
        if (value < option.least() || value > option.most()) {
            throw new PolicyException(
                    WfpError.INVALID_PARAMETER,
                    "option " + option.policyName() + ": " + value + " is not between " + option.least() + " and "
                            + option.most());
        }
        options.put(option, value);
        draft.thaw();
    }
}
