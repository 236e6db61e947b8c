package io.sallyport.sample.geo.block;

import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.nio.file.Path;

class GeoBlockConformanceTest extends ConformanceSuite {
    @Override
    protected TestGateway gateway() {
        return TestGateway.with(GeoBlock::new).policy(Path.of("policy.yaml"));
    }
}
