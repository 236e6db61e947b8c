package io.sallyport.callout.testkit.engine;

import io.sallyport.callout.testkit.gateway.GatewayFactory;
import io.sallyport.callout.testkit.gateway.GatewayUnderTest;

/** Found by {@link java.util.ServiceLoader}. */
public final class RealGatewayFactory implements GatewayFactory {

    @Override
    public GatewayUnderTest create(boolean verifiesChecksums, GatewayUnderTest.Listener listener) {
        return RealGateway.create(verifiesChecksums, listener);
    }
}
