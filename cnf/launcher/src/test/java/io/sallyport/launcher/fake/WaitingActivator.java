package io.sallyport.launcher.fake;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;

/**
 * Offers the verbs {@code wait}, which asks to be interrupted, and {@code hang}, which does not: both say {@code ready} on
 * stdout and wait. Says on stdout what happens to it.
 */
@SuppressWarnings("SystemOut") // the process's stdout is what the test reads
public final class WaitingActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) throws Exception {
        System.out.println("told " + arguments(context));
        register(context, "wait", Map.of("sallyport.verb", "wait", "sallyport.graceful", true));
        register(context, "hang", Map.of("sallyport.verb", "hang"));
    }

    @SuppressWarnings("rawtypes")
    private static String arguments(BundleContext context) throws Exception {
        Collection<ServiceReference<List>> found =
                context.getServiceReferences(List.class, "(sallyport.arguments=wait)");
        return found.isEmpty()
                ? "nothing"
                : context.getService(found.iterator().next()).toString();
    }

    private static void register(BundleContext context, String name, Map<String, Object> properties) {
        ToIntFunction<String[]> verb = args -> {
            System.out.println("ready " + name + " " + Arrays.toString(args));
            System.out.flush();
            try {
                new CountDownLatch(1).await();
                return 1;
            } catch (InterruptedException e) {
                System.out.println("interrupted");
                return Integer.parseInt(args[0]);
            }
        };
        context.registerService(ToIntFunction.class, verb, FrameworkUtil.asDictionary(properties));
    }

    @Override
    public void stop(BundleContext context) {
        System.out.println("stopped");
    }
}
