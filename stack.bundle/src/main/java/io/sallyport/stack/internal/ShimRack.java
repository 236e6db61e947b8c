package io.sallyport.stack.internal;

import io.sallyport.stack.internal.path.DataPathImpl;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The shims that are there, and the data paths whose slots they fill. No shim is mandatory: an empty slot blocks, and
 * fills again when its bundle is back. Management plane; one lock, never held by a worker.
 *
 * <p>Of two factories for one point, the one that came last serves: an update starts the new bundle before it stops the
 * old one.
 */
final class ShimRack {

    private final Object lock = new Object();

    /** In order of arrival. Guarded by the lock. */
    private final Map<ShimPoint, List<ShimFactory>> factories = new EnumMap<>(ShimPoint.class);

    /** Guarded by the lock. */
    private final List<DataPathImpl> paths = new ArrayList<>();

    /** Fills the slots of a point, from the next batch on. */
    void add(ShimFactory factory) {
        ShimPoint point = factory.point();
        synchronized (lock) {
            factories.computeIfAbsent(point, p -> new ArrayList<>()).add(factory);
            fill(point);
        }
    }

    /**
     * Empties the slots of a point, or fills them from the factory that was there before. Returns when no worker can be
     * inside the factory's shims any more.
     */
    void remove(ShimFactory factory) {
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

    /** Who fills the slots of a point now; null: nobody. */
    @Nullable ShimFactory serving(ShimPoint point) {
        synchronized (lock) {
            List<ShimFactory> atPoint = factories.get(point);
            return atPoint == null || atPoint.isEmpty() ? null : atPoint.get(atPoint.size() - 1);
        }
    }

    /**
     * Makes a data path and keeps its slots filled from then on.
     *
     * @param maker gets the shims that are there now
     * @return what the maker made; to be {@linkplain #forget forgotten} when it closes
     */
    DataPathImpl equip(Function<Collection<ShimFactory>, DataPathImpl> maker) {
        synchronized (lock) {
            List<ShimFactory> serving = new ArrayList<>();
            for (ShimPoint point : ShimPoint.values()) {
                ShimFactory factory = serving(point);
                if (factory != null) {
                    serving.add(factory);
                }
            }
            DataPathImpl path = maker.apply(serving);
            paths.add(path);
            return path;
        }
    }

    /** Leaves a data path alone from now on. */
    void forget(DataPathImpl path) {
        synchronized (lock) {
            paths.remove(path);
        }
    }

    /** Empties all slots. */
    void empty() {
        synchronized (lock) {
            for (DataPathImpl path : paths) {
                for (ShimPoint point : ShimPoint.values()) {
                    path.setShim(point, null);
                }
            }
        }
    }
}
