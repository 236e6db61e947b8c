package io.sallyport.shim.ale.internal;

import io.sallyport.stack.shim.Shim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import org.osgi.service.component.annotations.Component;

/** Offers the shim of {@link ShimPoint#ALE}. Without state. */
@Component(service = ShimFactory.class)
public final class AleShimFactory implements ShimFactory {

    @Override
    public ShimPoint point() {
        return ShimPoint.ALE;
    }

    @Override
    public Shim create(ShimEnvironment environment) {
        return new EndpointShim(environment);
    }
}
