package io.sallyport.stack.internal;

import io.sallyport.engine.api.FilterEngine;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathFactory;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.path.DataPathImpl;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Makes data paths and keeps the slots of every living one filled with the shims that are there. No shim is mandatory: an
 * empty slot blocks, and fills again when its bundle is back. Management plane; one lock, never held by a worker.
 *
 * <p>Of two factories for one point, the one that came last serves: an update starts the new bundle before it stops the
 * old one.
 */
@Component(service = DataPathFactory.class)
public final class DataPathFactoryComponent implements DataPathFactory {

    private final Object lock = new Object();

    /** In order of arrival. Guarded by the lock. */
    private final Map<ShimPoint, List<ShimFactory>> factories = new EnumMap<>(ShimPoint.class);

    /** Guarded by the lock. */
    private final List<DataPathImpl> paths = new ArrayList<>();

    /** For the component runtime, which adds shims as they come. */
    @Activate
    public DataPathFactoryComponent() {}

    /**
     * Makes a factory of data paths without a framework.
     *
     * @param shims what fills the slots
     */
    public DataPathFactoryComponent(List<ShimFactory> shims) {
        shims.forEach(this::addShimFactory);
    }

    /**
     * Fills the slots of a point.
     *
     * @param factory serves from the next batch on
     */
    @Reference(
            service = ShimFactory.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addShimFactory(ShimFactory factory) {
        ShimPoint point = factory.point();
        synchronized (lock) {
            factories.computeIfAbsent(point, p -> new ArrayList<>()).add(factory);
            fill(point);
        }
    }

    /**
     * Empties the slots of a point, or fills them from the factory that was there before. Returns when no worker can be
     * inside the factory's shims any more.
     *
     * @param factory goes
     */
    public void removeShimFactory(ShimFactory factory) {
        ShimPoint point = factory.point();
        synchronized (lock) {
            List<ShimFactory> atPoint = factories.get(point);
            if (atPoint != null) {
                atPoint.removeIf(f -> Objects.equals(f, factory));
            }
            fill(point);
        }
    }

    private void fill(ShimPoint point) {
        ShimFactory serving = serving(point);
        for (DataPathImpl path : paths) {
            path.setShim(point, serving);
        }
    }

    private @Nullable ShimFactory serving(ShimPoint point) {
        List<ShimFactory> atPoint = factories.get(point);
        return atPoint == null || atPoint.isEmpty() ? null : atPoint.get(atPoint.size() - 1);
    }

    @Override
    public DataPath create(
            DataPathConfig config,
            FilterEngine engine,
            PathObserver observer,
            FrameTransmitter toLan,
            FrameTransmitter toWan) {
        synchronized (lock) {
            List<ShimFactory> serving = new ArrayList<>();
            for (ShimPoint point : ShimPoint.values()) {
                ShimFactory factory = serving(point);
                if (factory != null) {
                    serving.add(factory);
                }
            }
            DataPathImpl path = new DataPathImpl(config, engine, observer, toLan, toWan, serving, this::forget);
            paths.add(path);
            return path;
        }
    }

    private void forget(DataPathImpl path) {
        synchronized (lock) {
            paths.remove(path);
        }
    }

    /** All drop from here on: whoever made the data paths closes them; without shims they forward nothing. */
    @Deactivate
    void deactivate() {
        synchronized (lock) {
            for (DataPathImpl path : paths) {
                for (ShimPoint point : ShimPoint.values()) {
                    path.setShim(point, null);
                }
            }
        }
    }
}
