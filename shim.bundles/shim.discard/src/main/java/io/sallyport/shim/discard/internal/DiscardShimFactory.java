package io.sallyport.shim.discard.internal;

import io.sallyport.stack.shim.Shim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import org.osgi.service.component.annotations.Component;

/** Offers the shim of {@link ShimPoint#DISCARD}. Without state. */
@Component(service = ShimFactory.class)
public final class DiscardShimFactory implements ShimFactory {

    @Override
    public ShimPoint point() {
        return ShimPoint.DISCARD;
    }

    @Override
    public Shim create(ShimEnvironment environment) {
        return new RefusalShim(environment);
    }
}
