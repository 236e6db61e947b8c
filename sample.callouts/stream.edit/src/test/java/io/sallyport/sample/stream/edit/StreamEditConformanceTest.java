package io.sallyport.sample.stream.edit;

import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.nio.file.Path;

class StreamEditConformanceTest extends ConformanceSuite {
    @Override
    protected TestGateway gateway() {
        return TestGateway.with(StreamEdit::new).policy(Path.of("policy.yaml"));
    }
}
