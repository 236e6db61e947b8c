package io.sallyport.callout.testkit.conformance;

import io.sallyport.callout.testkit.gateway.TestGateway;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs every {@link ConformanceCheck} against a callout, each in gateways of its own.
 *
 * <pre>{@code
 * class DnsBlockConformanceTest extends ConformanceSuite {
 *     @Override
 *     protected TestGateway gateway() {
 *         return TestGateway.with(DnsBlock::new).policy(Path.of("policy.yaml"));
 *     }
 * }
 * }</pre>
 */
public abstract class ConformanceSuite {

    /** For subclasses. */
    protected ConformanceSuite() {}

    /**
     * The callout and the policy that goes with it.
     *
     * @return a new one each time, not open
     */
    protected abstract TestGateway gateway();

    /**
     * Traffic that reaches the callout. The standard one has connections and datagrams of both versions, to well-known ports
     * and others, from both sides, with requests that well-known protocols begin with. Who needs something else adds it.
     *
     * @param gateway open
     */
    protected void traffic(TestGateway gateway) {
        StandardTraffic.send(gateway);
    }

    /**
     * The objects that the plug-in adds by its {@link PolicySession}, if it does.
     *
     * @param session the plug-in's
     * @throws PolicyException if they are refused
     */
    protected void addPolicy(PolicySession session) throws PolicyException {}

    /**
     * A test for each check.
     *
     * @return in their order, by the names of WFP
     */
    @TestFactory
    final Stream<DynamicTest> checks() {
        Conformance conformance = new Conformance(this::gateway, this::traffic, this::addPolicy);
        return Stream.of(ConformanceCheck.values())
                .map(check -> DynamicTest.dynamicTest(check.logoName(), () -> {
                    List<String> wrong = conformance.run(check);
                    if (!wrong.isEmpty()) {
                        throw new AssertionError(check.logoName() + ":\n" + String.join("\n", wrong));
                    }
                }));
    }
}
