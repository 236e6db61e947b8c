package io.sallyport.sample.redirect;

import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.nio.file.Path;

class RedirectConformanceTest extends ConformanceSuite {
    @Override
    protected TestGateway gateway() {
        return TestGateway.with(Redirect::new).policy(Path.of("policy.yaml"));
    }
}
