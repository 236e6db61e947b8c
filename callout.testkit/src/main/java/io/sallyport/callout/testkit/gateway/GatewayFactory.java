package io.sallyport.callout.testkit.gateway;

import org.osgi.annotation.versioning.ProviderType;

/** Makes gateways for tests; found by {@link java.util.ServiceLoader} in the artifact {@code callout.testkit.engine}. */
@ProviderType
public interface GatewayFactory {

    /**
     * Makes a gateway that permits everything that is well-formed.
     *
     * @param verifiesChecksums false: for captures that were taken before a card finished them
     * @param listener hears what happens
     * @return the caller closes it
     */
    GatewayUnderTest create(boolean verifiesChecksums, GatewayUnderTest.Listener listener);
}
