package io.sallyport.shim.mac.internal;

import io.sallyport.stack.shim.Shim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import org.osgi.service.component.annotations.Component;

/** Offers the shim of {@link ShimPoint#MAC}. Without state. */
@Component(service = ShimFactory.class)
public final class MacShimFactory implements ShimFactory {

    @Override
    public ShimPoint point() {
        return ShimPoint.MAC;
    }

    @Override
    public Shim create(ShimEnvironment environment) {
        return new FrameShim(environment);
    }
}
