package io.sallyport.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.service.component.ComponentServiceObjects;

/** A bundle's offer of a callout: counts the instances that are out. */
final class Offered implements ComponentServiceObjects<Callout> {
    final List<Callout> out = new ArrayList<>();
    final ServiceReference<Callout> reference;
    boolean isBroken;

    @SuppressWarnings("unchecked")
    Offered(Map<String, Object> properties) {
        Bundle bundle = proxy(
                Bundle.class,
                (self, method, arguments) -> method.getName().equals("getVersion")
                        ? new Version(1, 2, 3)
                        : "io.vendor." + properties.get(Callout.KEY));
        reference = proxy(ServiceReference.class, (self, method, arguments) -> {
            return switch (method.getName()) {
                case "getProperty" -> properties.get((String) arguments[0]);
                case "getBundle" -> bundle;
                case "equals" -> self == arguments[0];
                case "hashCode" -> System.identityHashCode(self);
                default -> null;
            };
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    static Offered prototype(String key) {
        return new Offered(Map.of(Callout.KEY, key, "service.scope", "prototype"));
    }

    static Offered singleton(String key) {
        return new Offered(Map.of(Callout.KEY, key, "service.scope", "singleton"));
    }

    @Override
    public Callout getService() {
        if (isBroken) {
            throw new IllegalStateException("broken");
        }
        Callout instance = new Callout() {
            @Override
            public void classify(
                    IncomingValues values,
                    IncomingMetadata metadata,
                    LayerData data,
                    RuntimeFilter filter,
                    Object context,
                    ClassifyOut answer) {}
        };
        out.add(instance);
        return instance;
    }

    @Override
    public void ungetService(Callout service) {
        assertThat(out.remove(service)).isTrue();
    }

    @Override
    public ServiceReference<Callout> getServiceReference() {
        return reference;
    }
}
