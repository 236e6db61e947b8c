package io.sallyport.bfe.internal.file;

import io.sallyport.bfe.internal.file.PolicyDocument.Header;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Replacement;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Puts a described policy into a draft and locates what is refused. */
final class PolicyApplier {
    private final PolicyDocument document;
    private final Problems problems;
    private final boolean isAddition;
    private final boolean isComplete;
    private int filterCount;
    private @Nullable PolicyException denied;
    private @Nullable PolicyResolver resolver;

    /**
     * Makes an applier.
     *
     * @param isAddition the provider keeps what it has; else it has nothing but what the document says afterwards
     */
    PolicyApplier(PolicyDocument document, boolean isAddition, Problems problems) {
        this.isAddition = isAddition;
        this.document = document;
        this.problems = problems;
        this.isComplete = !problems.hasErrors();
    }

    /** The policy as it would be; meaningless if problems were reported. */
    PolicyState applyTo(Draft draft) {
        PolicyResolver origins = new PolicyResolver(document, draft.freeze(), isAddition, problems);
        resolver = origins;
        Replacement replacement = origins.resolve();
        filterCount = replacement.filters().size();
        Replacement.Refused refused = (type, key, e) -> report(origins, type, key, e);
        if (isAddition) {
            replacement.addTo(draft, refused);
        } else {
            replacement.applyTo(draft, refused);
        }
        PolicyState result = draft.freeze();
        if (!problems.hasErrors()) {
            warnAboutMovedSublayers(origins, replacement, result);
        }
        return result;
    }

    /** The first refusal for lack of a right; null if there was none. */
    @Nullable PolicyException denied() {
        return denied;
    }

    int filterCount() {
        return filterCount;
    }

    /** Reports what the engine or a callout refused after all objects were in place. */
    void refused(PolicyException e) {
        UUID subject = e.subject();
        Header origin = subject == null || resolver == null ? null : resolver.originOf(subject);
        if (origin == null) {
            problems.errorAt(0, 0, String.valueOf(e.getMessage()));
        } else {
            problems.error(origin.node(), "filter " + origin.name(), "context", String.valueOf(e.getMessage()));
        }
    }

    private void report(PolicyResolver origins, ObjectType type, UUID key, PolicyException e) {
        if (e.error() == WfpError.ERROR_ACCESS_DENIED) {
            if (denied != null) {
                // Who lacks one right lacks it for all objects of the provider: said once.
                return;
            }
            denied = e;
        }
        Header origin = origins.originOf(key);
        if (origin == null && !isComplete) {
            // Old objects may stand in the way only because their new form could not be read.
            return;
        }
        if (origin == null) {
            String object = type == ObjectType.PROVIDER
                    ? "provider " + document.provider().text()
                    : type.word() + " " + key;
            problems.error(document.provider(), object, "", String.valueOf(e.getMessage()));
        } else {
            String object = (type == ObjectType.PROVIDER_CONTEXT ? "context" : type.word()) + " " + origin.name();
            String message = String.valueOf(e.getMessage()).replace(type.word() + " " + origin.name() + ": ", "");
            if (isAddition && e.error() == WfpError.ALREADY_EXISTS) {
                message += "; there is one of this name already: '" + type.word() + " delete " + origin.name()
                        + "' first, or choose another name";
            }
            YamlNode field = origin.node().get(fieldOf(e));
            problems.error(field == null ? origin.node() : field, object, fieldOf(e), message);
        }
    }

    /** The field that a refusal is about, as far as its name tells. */
    private static String fieldOf(PolicyException e) {
        return switch (e.error()) {
            case INVALID_WEIGHT, TOO_MANY_SUBLAYERS -> "weight";
            case INVALID_FLAGS -> "flags";
            case INCOMPATIBLE_LAYER -> "layer";
            case LIFETIME_MISMATCH -> "lifetime";
            case NULL_DISPLAY_NAME -> "name";
            case CONDITION_NOT_FOUND, TYPE_MISMATCH, MATCH_TYPE_MISMATCH, INVALID_RANGE, INVALID_NET_MASK -> "when";
            default -> "";
        };
    }

    private void warnAboutMovedSublayers(PolicyResolver origins, Replacement replacement, PolicyState result) {
        for (Sublayer wanted : replacement.sublayers()) {
            Sublayer stored = result.sublayer(wanted.key());
            Header origin = origins.originOf(wanted.key());
            if (stored != null && origin != null && stored.weight() != wanted.weight()) {
                problems.warning(
                        origin.node().get("weight"),
                        "sublayer " + origin.name(),
                        "weight",
                        "the weight " + wanted.weight() + " is taken, this sublayer gets " + stored.weight());
            }
        }
    }
}
