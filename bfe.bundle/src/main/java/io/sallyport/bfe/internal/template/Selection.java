package io.sallyport.bfe.internal.template;

import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.layer.Layer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A template that was checked: where its objects are, and which of them it means. One object for all types, so that handles
 * and subscriptions need not know them.
 */
public final class Selection {
    private final ObjectType type;
    private final Function<PolicyView, ? extends Collection<?>> source;
    private final BiPredicate<PolicyView, Object> test;

    private <T> Selection(
            ObjectType type,
            Class<T> objects,
            Function<PolicyView, ? extends Collection<T>> source,
            BiPredicate<PolicyView, T> test) {
        this.type = type;
        this.source = source;
        this.test = (view, object) -> test.test(view, objects.cast(object));
    }

    /**
     * Checks a template. Sessions are no objects of a policy: whoever knows them lists them.
     *
     * @param template of objects of policy
     * @return what it means
     * @throws PolicyException NEVER_MATCH, or what is wrong with a condition
     */
    public static Selection of(EnumTemplate<?> template) throws PolicyException {
        if (template instanceof EnumTemplate.Filters it) {
            FilterSelection selection = FilterSelection.of(it.template());
            return new Selection(ObjectType.FILTER, Filter.class, PolicyView::filters, selection::test);
        }
        if (template instanceof EnumTemplate.Callouts it) {
            return new Selection(
                    ObjectType.CALLOUT,
                    CalloutObject.class,
                    PolicyView::callouts,
                    (view, object) -> isWanted(it.provider(), object.provider())
                            && (it.layer() == null || it.layer() == object.layer()));
        }
        if (template instanceof EnumTemplate.Sublayers it) {
            return new Selection(
                    ObjectType.SUBLAYER,
                    Sublayer.class,
                    PolicyView::sublayers,
                    (view, object) -> isWanted(it.provider(), object.provider()));
        }
        if (template instanceof EnumTemplate.ProviderContexts it) {
            return new Selection(
                    ObjectType.PROVIDER_CONTEXT,
                    ProviderContext.class,
                    PolicyView::providerContexts,
                    (view, object) -> isWanted(it.provider(), object.provider()));
        }
        if (template instanceof EnumTemplate.Sets it) {
            return new Selection(
                    ObjectType.SET,
                    PolicySet.class,
                    PolicyView::sets,
                    (view, object) -> isWanted(it.provider(), object.provider()));
        }
        if (template instanceof EnumTemplate.Providers) {
            return new Selection(ObjectType.PROVIDER, Provider.class, PolicyView::providers, (view, object) -> true);
        }
        if (template instanceof EnumTemplate.Layers) {
            return new Selection(
                    ObjectType.LAYER, Layer.class, view -> List.of(Layer.values()), (view, object) -> true);
        }
        throw new IllegalArgumentException(template + " is not about objects of a policy");
    }

    private static boolean isWanted(@Nullable UUID wanted, @Nullable UUID actual) {
        return wanted == null || Objects.equals(wanted, actual);
    }

    /**
     * What kind of objects it means.
     *
     * @return never null
     */
    public ObjectType type() {
        return type;
    }

    /**
     * All objects of its kind.
     *
     * @param view where
     * @return not a copy
     */
    public Collection<?> all(PolicyView view) {
        return source.apply(view);
    }

    /**
     * Tells whether it means an object.
     *
     * @param view the policy that the object is of
     * @param object of {@link #type()}
     * @return true if all that the template says holds
     */
    public boolean test(PolicyView view, Object object) {
        return test.test(view, object);
    }
}
