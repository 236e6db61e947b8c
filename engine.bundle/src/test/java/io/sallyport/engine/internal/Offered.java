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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.service.component.ComponentServiceObjects;

/** A bundle's offer of a callout: counts the instances that are out. */
final class Offered implements ComponentServiceObjects<Callout> {
    private static final AtomicLong BUNDLES = new AtomicLong();

    private final long bundleId = BUNDLES.incrementAndGet();
    final List<Callout> out = new CopyOnWriteArrayList<>();
    final ServiceReference<Callout> reference;
    final Bundle bundle;
    volatile int state = Bundle.ACTIVE;
    final AtomicInteger returned = new AtomicInteger();
    boolean isBroken;
    /** Where its constructor waits, if anywhere. */
    volatile @Nullable CountDownLatch stuck;

    @SuppressWarnings("unchecked")
    Offered(Map<String, Object> properties) {
        bundle = proxy(Bundle.class, (self, method, arguments) -> switch (method.getName()) {
            case "getVersion" -> new Version(1, 2, 3);
            case "getState" -> state;
            case "equals" -> self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            case "getBundleId" -> bundleId;
            default -> properties.getOrDefault("vendor", "io.vendor." + properties.get(Callout.KEY));
        });
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

    /** A version of a vendor's bundle; two of the same vendor are versions of one bundle. */
    static Offered of(String vendor, String key) {
        return new Offered(Map.of(Callout.KEY, key, "service.scope", "prototype", "vendor", vendor));
    }

    static Offered singleton(String key) {
        return new Offered(Map.of(Callout.KEY, key, "service.scope", "singleton"));
    }

    @Override
    public Callout getService() {
        if (isBroken) {
            throw new IllegalStateException("broken");
        }
        CountDownLatch latch = stuck;
        for (boolean isHere = latch == null; !isHere; ) {
            try {
                latch.await();
                isHere = true;
            } catch (InterruptedException e) {
                // it is meant to be stubborn
            }
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
        returned.incrementAndGet();
    }

    @Override
    public ServiceReference<Callout> getServiceReference() {
        return reference;
    }
}
