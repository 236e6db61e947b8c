package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.layer.Layer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.FaultPolicy;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What holds for all types of objects: names, lifetimes, references, deletion. */
final class ObjectRules {
    private static final int CALLOUT_FLAGS =
            CalloutFlags.PERSISTENT | CalloutFlags.USES_PROVIDER_CONTEXT | FaultPolicy.FLAGS;

    private ObjectRules() {}

    /** The object as messages call it. */
    static String name(ObjectType type, DisplayData display) {
        return type.word() + " " + display.name();
    }

    /** Whatever has security information as messages call it: by its name, if it has one. */
    static String name(SecurityTarget target, BiFunction<ObjectType, UUID, @Nullable Stored<?>> objects) {
        ObjectType type = target.type();
        UUID key = target.key();
        if (type == null || key == null) {
            return target.toString();
        }
        if (type == ObjectType.LAYER) {
            Layer layer = Layer.byKey(key);
            return layer == null ? target.toString() : type.word() + " " + layer.policyName();
        }
        Stored<?> stored = objects.apply(type, key);
        return stored == null ? target.toString() : name(type, stored.display());
    }

    static void checkName(DisplayData display, ObjectType type) throws PolicyException {
        if (display.name().isBlank()) {
            throw new PolicyException(WfpError.NULL_DISPLAY_NAME, "a " + type.word() + " must have a name");
        }
        if (display.name().codePoints().anyMatch(Character::isISOControl)) {
            throw new PolicyException(
                    WfpError.INVALID_PARAMETER, "the name of a " + type.word() + " must not hold control characters");
        }
    }

    /** The lifetime of a new object (LIFE-1 to LIFE-4, LIFE-7, LIFE-19). */
    static Lifetime lifetime(SessionId session, boolean isPersistent, boolean isBootTime, String what)
            throws PolicyException {
        if (session.isDynamic()) {
            if (isPersistent || isBootTime) {
                throw new PolicyException(
                        WfpError.LIFETIME_MISMATCH,
                        what + ": a dynamic session adds objects that die with it, not persistent or boot-time ones");
            }
            return Lifetime.DYNAMIC;
        }
        if (isBootTime) {
            return Lifetime.BOOT_TIME;
        }
        return isPersistent ? Lifetime.PERSISTENT : Lifetime.STATIC;
    }

    static <T> Stored<T> required(@Nullable Stored<T> target, ObjectType type, UUID key, String what)
            throws PolicyException {
        if (target == null) {
            throw new PolicyException(notFound(type), what + ": there is no " + type.word() + " " + key);
        }
        return target;
    }

    /** An object may not refer to one that can die earlier (LIFE-12, LIFE-13). */
    static void checkReference(SessionId session, Lifetime from, Stored<?> target, boolean isSameOwner, String what)
            throws PolicyException {
        boolean outlivesBfe = from == Lifetime.PERSISTENT || from == Lifetime.BOOT_TIME;
        boolean isAllowed = switch (target.lifetime()) {
            case BUILT_IN -> true;
            case PERSISTENT, BOOT_TIME -> !outlivesBfe || isSameOwner;
            case STATIC -> !outlivesBfe;
            case DYNAMIC -> from == Lifetime.DYNAMIC && session.equals(target.session());
        };
        if (isAllowed) {
            return;
        }
        String reason = switch (target.lifetime()) {
            case PERSISTENT, BOOT_TIME, BUILT_IN -> "a persistent object of another provider";
            case STATIC -> "a static object";
            case DYNAMIC -> from == Lifetime.DYNAMIC ? "an object of another session" : "a dynamic object";
        };
        throw new PolicyException(
                WfpError.LIFETIME_MISMATCH,
                what + ": a " + from.word() + " object must not refer to " + reason + ", which may die earlier");
    }

    /** Who may delete what (LIFE-5, LIFE-15, LIFE-16). */
    static void checkMayDelete(SessionId session, Stored<?> target, String what) throws PolicyException {
        if (target.lifetime() == Lifetime.BUILT_IN) {
            throw new PolicyException(WfpError.BUILTIN_OBJECT, what + ": built-in objects cannot be deleted");
        }
        SessionId owner = target.session();
        if (owner != null && !owner.equals(session)) {
            throw new PolicyException(
                    WfpError.WRONG_SESSION, what + ": it belongs to the dynamic session " + owner.name());
        }
        if (owner == null && session.isDynamic()) {
            throw new PolicyException(
                    WfpError.DYNAMIC_SESSION_IN_PROGRESS,
                    what + ": a dynamic session deletes only its own objects, this one is "
                            + target.lifetime().word());
        }
    }

    /** The flags that are stored; REGISTERED is the engine's to say and ignored (OBJ-3). */
    static int calloutFlags(CalloutObject it, String what) throws PolicyException {
        int flags = it.flags() & ~CalloutFlags.REGISTERED;
        if ((flags & ~CALLOUT_FLAGS) != 0) {
            throw new PolicyException(
                    WfpError.INVALID_FLAGS,
                    what + ": flags " + CalloutFlags.names(flags & ~CALLOUT_FLAGS) + " cannot be added; allowed: "
                            + CalloutFlags.names(CALLOUT_FLAGS));
        }
        if (it.calloutName().isBlank()) {
            throw new PolicyException(
                    WfpError.INVALID_PARAMETER, what + ": it needs the name that its code registers under");
        }
        if (!it.layer().isKernel()) {
            throw new PolicyException(
                    WfpError.INCOMPATIBLE_LAYER,
                    what + ": callouts exist only at kernel layers, and "
                            + it.layer().policyName() + " is none");
        }
        return flags;
    }

    static WfpError notFound(ObjectType type) {
        return switch (type) {
            case FILTER -> WfpError.FILTER_NOT_FOUND;
            case CALLOUT -> WfpError.CALLOUT_NOT_FOUND;
            case LAYER -> WfpError.LAYER_NOT_FOUND;
            case SUBLAYER -> WfpError.SUBLAYER_NOT_FOUND;
            case PROVIDER -> WfpError.PROVIDER_NOT_FOUND;
            case PROVIDER_CONTEXT -> WfpError.PROVIDER_CONTEXT_NOT_FOUND;
            case SET -> WfpError.NOT_FOUND;
        };
    }

    static UUID keyOf(Object object) {
        if (object instanceof Filter it) {
            return it.key();
        } else if (object instanceof Sublayer it) {
            return it.key();
        } else if (object instanceof CalloutObject it) {
            return it.key();
        } else if (object instanceof ProviderContext it) {
            return it.key();
        } else if (object instanceof PolicySet it) {
            return it.key();
        } else if (object instanceof Provider it) {
            return it.key();
        }
        throw new IllegalArgumentException("no managed object: " + object);
    }
}
