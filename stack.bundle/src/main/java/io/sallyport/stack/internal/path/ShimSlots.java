package io.sallyport.stack.internal.path;

import io.sallyport.stack.shim.AleShim;
import io.sallyport.stack.shim.DiscardShim;
import io.sallyport.stack.shim.IcmpErrorShim;
import io.sallyport.stack.shim.MacShim;
import io.sallyport.stack.shim.NetworkShim;
import io.sallyport.stack.shim.Shim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import io.sallyport.stack.shim.StreamShim;
import io.sallyport.stack.shim.TransportShim;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The seven slots. Two halves: what any thread wants ({@link #want}), and the shims that the worker made of it between two
 * batches ({@link #refresh}), which only the worker reads. So an empty slot costs one plain read on the path, and a shim
 * is always made and used by the thread that owns its classifier.
 */
final class ShimSlots {

    private static final ShimPoint[] POINTS = ShimPoint.values();

    /** Any thread. */
    private final AtomicReferenceArray<@Nullable ShimFactory> wanted = new AtomicReferenceArray<>(POINTS.length);

    // The worker's own from here on.
    private final ShimEnvironment environment;
    private final @Nullable ShimFactory[] made = new ShimFactory[POINTS.length];

    @Nullable MacShim mac;

    @Nullable NetworkShim network;

    @Nullable TransportShim transport;

    @Nullable AleShim ale;

    @Nullable StreamShim stream;

    @Nullable IcmpErrorShim icmpError;

    @Nullable DiscardShim discard;

    ShimSlots(ShimEnvironment environment) {
        this.environment = environment;
    }

    /** Says who is to make the shim of a point from the next batch on; null empties the slot. Any thread. */
    void want(ShimPoint point, @Nullable ShimFactory factory) {
        wanted.set(point.ordinal(), factory);
    }

    /** Makes and forgets shims as wanted. By the worker, between packets. */
    void refresh() {
        for (int i = 0; i < POINTS.length; i++) {
            ShimFactory factory = wanted.get(i);
            if (factory != made[i]) {
                made[i] = factory;
                // Emptied first: if the factory fails the slot blocks.
                put(POINTS[i], null);
                put(POINTS[i], factory == null ? null : make(factory));
            }
        }
    }

    /** A bundle that cannot make its shim leaves its slot empty; the path stays in order. */
    private @Nullable Shim make(ShimFactory factory) {
        try {
            Shim shim = factory.create(environment);
            return factory.point().type().isInstance(shim) ? shim : null;
        } catch (RuntimeException | LinkageError e) {
            return null;
        }
    }

    private void put(ShimPoint point, @Nullable Shim shim) {
        switch (point) {
            case MAC -> mac = (MacShim) shim;
            case NETWORK -> network = (NetworkShim) shim;
            case TRANSPORT -> transport = (TransportShim) shim;
            case ALE -> ale = (AleShim) shim;
            case STREAM -> stream = (StreamShim) shim;
            case ICMP_ERROR -> icmpError = (IcmpErrorShim) shim;
            case DISCARD -> discard = (DiscardShim) shim;
        }
    }
}
