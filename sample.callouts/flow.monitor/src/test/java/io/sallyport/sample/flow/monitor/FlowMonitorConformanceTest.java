package io.sallyport.sample.flow.monitor;

import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.nio.file.Path;

class FlowMonitorConformanceTest extends ConformanceSuite {
    @Override
    protected TestGateway gateway() {
        return TestGateway.with(FlowMonitor::new).policy(Path.of("policy.yaml"));
    }
}
