package io.sallyport.sample.http.filter;

import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.nio.file.Path;

class HttpFilterConformanceTest extends ConformanceSuite {
    @Override
    protected TestGateway gateway() {
        return TestGateway.with(HttpFilter::new).policy(Path.of("policy.yaml"));
    }
}
