package io.sallyport.sample.rate.limit;

import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.nio.file.Path;

class RateLimitConformanceTest extends ConformanceSuite {
    @Override
    protected TestGateway gateway() {
        return TestGateway.with(RateLimit::new).policy(Path.of("policy.yaml"));
    }
}
