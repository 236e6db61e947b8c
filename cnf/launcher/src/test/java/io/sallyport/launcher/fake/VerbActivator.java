package io.sallyport.launcher.fake;

import java.io.File;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;

/** Offers the verb {@code fake}: notes its arguments and the framework's cache, then answers with the first argument. */
public final class VerbActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        File data = context.getDataFile("x");
        ToIntFunction<String[]> verb = args -> {
            Journal.write("args " + String.join(",", args));
            Journal.write("cache " + data);
            return Integer.parseInt(args[0]);
        };
        context.registerService(
                ToIntFunction.class, verb, FrameworkUtil.asDictionary(Map.of("sallyport.verb", "fake")));
    }

    @Override
    public void stop(BundleContext context) {
        Journal.write("stop verb");
    }
}
