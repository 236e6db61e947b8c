package io.sallyport.shim.icmp.error.internal;

import io.sallyport.stack.shim.Shim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import org.osgi.service.component.annotations.Component;

/** Offers the shim of {@link ShimPoint#ICMP_ERROR}. Without state. */
@Component(service = ShimFactory.class)
public final class IcmpErrorShimFactory implements ShimFactory {

    @Override
    public ShimPoint point() {
        return ShimPoint.ICMP_ERROR;
    }

    @Override
    public Shim create(ShimEnvironment environment) {
        return new QuotingErrorShim(environment);
    }
}
