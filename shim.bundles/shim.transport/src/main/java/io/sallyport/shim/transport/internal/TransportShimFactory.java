package io.sallyport.shim.transport.internal;

import io.sallyport.stack.shim.Shim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import org.osgi.service.component.annotations.Component;

/** Offers the shim of {@link ShimPoint#TRANSPORT}. Without state. */
@Component(service = ShimFactory.class)
public final class TransportShimFactory implements ShimFactory {

    @Override
    public ShimPoint point() {
        return ShimPoint.TRANSPORT;
    }

    @Override
    public Shim create(ShimEnvironment environment) {
        return new TransportPacketShim(environment);
    }
}
