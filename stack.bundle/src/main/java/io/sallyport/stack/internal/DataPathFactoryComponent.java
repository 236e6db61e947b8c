package io.sallyport.stack.internal;

import io.sallyport.engine.api.FilterEngine;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathFactory;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.path.DataPathImpl;
import io.sallyport.stack.internal.path.PathState;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.shim.ShimFactory;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Makes data paths and keeps the slots of every living one filled with the shims that are there. Management plane. */
@Component(service = DataPathFactory.class)
public final class DataPathFactoryComponent implements DataPathFactory {

    /** Such data paths are for replays and tests: the same input gives the same output, to the byte. */
    private static final long SEED = 0x5A11_7907_0000_0001L;

    private final ShimRack rack = new ShimRack();

    /** For the component runtime, which adds shims as they come. */
    @Activate
    public DataPathFactoryComponent() {}

    /**
     * Makes a factory of data paths without a framework.
     *
     * @param shims what fills the slots
     */
    public DataPathFactoryComponent(List<ShimFactory> shims) {
        shims.forEach(rack::add);
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
        rack.add(factory);
    }

    /**
     * Empties the slots of a point, or fills them from the factory that was there before. Returns when no worker can be
     * inside the factory's shims any more.
     *
     * @param factory goes
     */
    public void removeShimFactory(ShimFactory factory) {
        rack.remove(factory);
    }

    @Override
    public DataPath create(
            DataPathConfig config,
            FilterEngine engine,
            PathObserver observer,
            FrameTransmitter toLan,
            FrameTransmitter toWan) {
        PathState state = new PathState(config, SEED);
        return rack.equip(
                shims -> new DataPathImpl(config, state, engine, observer, toLan, toWan, shims, rack::forget));
    }

    /** All drop from here on: whoever made the data paths closes them; without shims they forward nothing. */
    @Deactivate
    void deactivate() {
        rack.empty();
    }
}
