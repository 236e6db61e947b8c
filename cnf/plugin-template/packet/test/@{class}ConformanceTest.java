package @{package};

import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.nio.file.Path;

/** What every callout is asked by whoever takes it: the checks have the names of WFP's logo tests. */
class @{class}ConformanceTest extends ConformanceSuite {

    @Override
    protected TestGateway gateway() {
        return TestGateway.with(@{class}::new).policy(Path.of("policy.yaml"));
    }
}
