package io.sallyport.itest;

import static org.junit.Assert.assertEquals;

import java.util.ArrayList;
import java.util.List;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.FrameworkWiring;

/** Every bundle of the product, and every sample, becomes active in the real framework. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class GatewayStartsIT {

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] configuration() {
        return new Option[] {
            GatewayBundles.gateway(),
            GatewayBundles.sample("count"),
            GatewayBundles.sample("word-block"),
            GatewayBundles.sample("dns-block")
        };
    }

    @Test
    public void shouldActivateEveryBundle() {
        // Libraries that are only looked into are resolved by the first who needs them.
        context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                .adapt(FrameworkWiring.class)
                .resolveBundles(null);
        List<String> inactive = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            boolean library = !bundle.adapt(BundleStartLevel.class).isPersistentlyStarted();
            int wanted = library ? Bundle.RESOLVED : Bundle.ACTIVE;
            if (!fragment && bundle.getState() < wanted) {
                inactive.add(bundle.getSymbolicName());
            }
        }
        assertEquals(List.of(), inactive);
    }
}
