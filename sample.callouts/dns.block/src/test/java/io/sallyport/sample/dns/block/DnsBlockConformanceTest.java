package io.sallyport.sample.dns.block;

import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.nio.file.Path;

class DnsBlockConformanceTest extends ConformanceSuite {
    @Override
    protected TestGateway gateway() {
        return TestGateway.with(DnsBlock::new).policy(Path.of("policy.yaml"));
    }
}
