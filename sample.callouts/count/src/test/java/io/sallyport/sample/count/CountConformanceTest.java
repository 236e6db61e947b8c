package io.sallyport.sample.count;

import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;

class CountConformanceTest extends ConformanceSuite {
    private static final String POLICY = """
        apiVersion: sallyport/v1
        provider: count
        callouts:
          - {key: io.sallyport.sample.count, layer: [stream-v4, datagram-data-v4, ale-auth-connect-v4]}
        filters:
          - name: count-all
            layer: [stream-v4, datagram-data-v4, ale-auth-connect-v4]
            action: callout-inspection
            callout: io.sallyport.sample.count
        """;

    @Override
    protected TestGateway gateway() {
        return TestGateway.with(Count::new).policy(POLICY);
    }
}
