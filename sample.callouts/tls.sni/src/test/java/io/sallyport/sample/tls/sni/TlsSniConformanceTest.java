package io.sallyport.sample.tls.sni;

import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.nio.file.Path;

class TlsSniConformanceTest extends ConformanceSuite {
    @Override
    protected TestGateway gateway() {
        return TestGateway.with(TlsSni::new).policy(Path.of("policy.yaml"));
    }
}
