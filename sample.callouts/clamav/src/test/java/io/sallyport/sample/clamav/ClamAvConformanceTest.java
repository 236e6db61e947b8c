package io.sallyport.sample.clamav;

import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.nio.file.Path;

class ClamAvConformanceTest extends ConformanceSuite {
    @Override
    protected TestGateway gateway() {
        return TestGateway.with(ClamAv::new).policy(Path.of("policy.yaml"));
    }
}
