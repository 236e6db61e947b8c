package io.sallyport.shim.network.internal;

import io.sallyport.stack.shim.Shim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import org.osgi.service.component.annotations.Component;

/** Offers the shim of {@link ShimPoint#NETWORK}. Without state. */
@Component(service = ShimFactory.class)
public final class NetworkShimFactory implements ShimFactory {

    @Override
    public ShimPoint point() {
        return ShimPoint.NETWORK;
    }

    @Override
    public Shim create(ShimEnvironment environment) {
        return new IpPacketShim(environment);
    }
}
