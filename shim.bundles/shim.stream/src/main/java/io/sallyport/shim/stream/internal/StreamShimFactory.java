package io.sallyport.shim.stream.internal;

import io.sallyport.stack.shim.Shim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import org.osgi.service.component.annotations.Component;

/** Offers the shim of {@link ShimPoint#STREAM}. Without state. */
@Component(service = ShimFactory.class)
public final class StreamShimFactory implements ShimFactory {

    @Override
    public ShimPoint point() {
        return ShimPoint.STREAM;
    }

    @Override
    public Shim create(ShimEnvironment environment) {
        return new TcpStreamShim(environment);
    }
}
