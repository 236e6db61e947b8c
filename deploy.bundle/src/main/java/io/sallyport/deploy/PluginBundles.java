package io.sallyport.deploy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.hooks.bundle.CollisionHook;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * The plug-ins among the framework's bundles: those at a location {@code plugin:PATH}. All others are the platform, which
 * no plug-in may touch. Every operation may run a plug-in's code.
 */
final class PluginBundles {
    private static final String SCHEME = "plugin:";
    private static final int REFRESH_TIMEOUT_S = 10;
    private static final String CALLOUT = "io.sallyport.callout.Callout";
    private static final String CALLOUT_KEY = "sallyport.callout.key";
    private static final String POLICY_SESSION = "io.sallyport.policy.PolicySession";
    private static final String CHECK_NAME = "io.sallyport.deploy.check";

    private final BundleContext system;
    private final int startLevel;

    /**
     * Works in a framework.
     *
     * @param system context of bundle 0: what is installed stays when this bundle stops
     * @param startLevel of the plug-ins; they are stopped before all that they use
     */
    PluginBundles(BundleContext system, int startLevel) {
        this.system = system;
        this.startLevel = Math.max(1, startLevel);
    }

    /** The plug-ins that came from files of a folder. */
    List<Bundle> installedFrom(Path folder) {
        String prefix = SCHEME + folder.toAbsolutePath() + '/';
        List<Bundle> found = new ArrayList<>();
        for (Bundle bundle : system.getBundles()) {
            if (bundle.getLocation().startsWith(prefix)) {
                found.add(bundle);
            }
        }
        return found;
    }

    /** The name of the file that a plug-in was first installed from. */
    static String fileName(Bundle plugin) {
        String location = plugin.getLocation();
        String name = location.substring(location.lastIndexOf('/') + 1);
        int mark = name.indexOf(".jar#");
        return mark < 0 ? name : name.substring(0, mark + 4);
    }

    /** Why the platform would suffer from a plug-in, or null if it does not. */
    @Nullable String conflictWithPlatform(PluginJar jar) {
        for (Bundle bundle : system.getBundles()) {
            if (isPlugin(bundle)) {
                continue;
            }
            if (jar.symbolicName().equals(bundle.getSymbolicName())
                    || jar.symbolicName().equals(CHECK_NAME)) {
                return "its symbolic name " + jar.symbolicName() + " is that of a bundle of the gateway; rename it";
            }
            Set<String> used = new HashSet<>();
            for (String header :
                    List.of(Constants.EXPORT_PACKAGE, Constants.IMPORT_PACKAGE, Constants.DYNAMICIMPORT_PACKAGE)) {
                used.addAll(PluginJar.packages(bundle.getHeaders("").get(header)));
            }
            for (String exported : jar.exportedPackages()) {
                if (used.contains(exported)) {
                    return "it exports package " + exported + ", which the gateway's bundle " + bundle.getSymbolicName()
                            + " uses; do not export it";
                }
            }
        }
        return null;
    }

    /** Lets two versions of a plug-in, or a new build of the same one, be there at once; never for anybody else's bundle. */
    static void allowTwins(int operation, Collection<Bundle> twins) {
        if (operation == CollisionHook.INSTALLING) {
            twins.removeIf(PluginBundles::isPlugin);
        }
    }

    /** The names of the callouts that a bundle offers. */
    static Set<String> callouts(Bundle plugin) {
        Set<String> names = new HashSet<>();
        ServiceReference<?>[] offered = plugin.getState() == Bundle.UNINSTALLED ? null : plugin.getRegisteredServices();
        for (ServiceReference<?> service : offered == null ? new ServiceReference<?>[0] : offered) {
            if (is(service, CALLOUT) && service.getProperty(CALLOUT_KEY) instanceof String name) {
                names.add(name);
            }
        }
        return names;
    }

    /** Tells whether a plug-in has a session of its own with the base filtering engine. */
    static boolean addsPolicy(Bundle plugin) {
        ServiceReference<?>[] used = plugin.getState() == Bundle.UNINSTALLED ? null : plugin.getServicesInUse();
        return used != null && Stream.of(used).anyMatch(service -> is(service, POLICY_SESSION));
    }

    private static boolean is(ServiceReference<?> service, String type) {
        return service.getProperty(Constants.OBJECTCLASS) instanceof String[] types
                && List.of(types).contains(type);
    }

    /** Installs a copy under the name of its file. */
    Bundle install(Path file, Path copy) throws BundleException, IOException {
        String location = SCHEME + file.toAbsolutePath();
        // Taken by the version before, or if the file was renamed since: its bundle lives on under the old location.
        for (int i = 2; system.getBundle(location) != null; i++) {
            location = SCHEME + file.toAbsolutePath() + '#' + i;
        }
        try (InputStream in = Files.newInputStream(copy)) {
            Bundle bundle = system.installBundle(location, in);
            bundle.adapt(BundleStartLevel.class).setStartLevel(startLevel);
            return bundle;
        }
    }

    /** Starts; the folder, not the framework, says what is started the next time. */
    static void start(Bundle plugin) throws BundleException {
        plugin.start(Bundle.START_TRANSIENT);
    }

    /** Stops. */
    static void stop(Bundle plugin) throws BundleException {
        plugin.stop(Bundle.STOP_TRANSIENT);
    }

    /** Gives a stopped plug-in another content. */
    void update(Bundle plugin, Path copy) throws BundleException, IOException {
        try (InputStream in = Files.newInputStream(copy)) {
            plugin.update(in);
        }
        refresh(plugin);
    }

    /** The other bundles that would be stopped and started if a plug-in were replaced. */
    List<Bundle> users(Bundle plugin) {
        FrameworkWiring wiring = system.getBundle().adapt(FrameworkWiring.class);
        return wiring.getDependencyClosure(List.of(plugin)).stream()
                .filter(other -> !other.equals(plugin))
                .toList();
    }

    /**
     * Frees what an update or a removal left behind.
     *
     * @return the plug-ins that were touched, or null if it was not done, because the platform would have been
     */
    @Nullable Collection<Bundle> refresh(Bundle plugin) {
        FrameworkWiring wiring = system.getBundle().adapt(FrameworkWiring.class);
        Collection<Bundle> touched = wiring.getDependencyClosure(List.of(plugin));
        if (!touched.stream().allMatch(PluginBundles::isPlugin)) {
            return null;
        }
        CountDownLatch refreshed = new CountDownLatch(1);
        wiring.refreshBundles(List.of(plugin), event -> refreshed.countDown());
        try {
            refreshed.await(REFRESH_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return touched;
    }

    /**
     * Lets the framework resolve a bundle with the same needs and offers, which runs nothing.
     *
     * @throws BundleException what is missing
     */
    void checkResolves(Path copy) throws BundleException, IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        try (JarFile jar = new JarFile(copy.toFile(), false)) {
            headers.putAll(jar.getManifest().getMainAttributes());
        }
        for (String header : List.of(
                Constants.BUNDLE_ACTIVATOR,
                Constants.BUNDLE_NATIVECODE,
                Constants.BUNDLE_CLASSPATH,
                "Service-Component")) {
            headers.remove(new Attributes.Name(header));
        }
        headers.putValue(Constants.BUNDLE_SYMBOLICNAME, CHECK_NAME);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new JarOutputStream(bytes, manifest).close();
        Bundle check = system.installBundle(SCHEME + "check", new ByteArrayInputStream(bytes.toByteArray()));
        try {
            FrameworkWiring wiring = system.getBundle().adapt(FrameworkWiring.class);
            if (!wiring.resolveBundles(List.of(check))) {
                check.adapt(BundleStartLevel.class).setStartLevel(startLevel);
                check.start(Bundle.START_TRANSIENT); // fails, and says why
            }
        } finally {
            check.uninstall();
            refresh(check);
        }
    }

    private static boolean isPlugin(Bundle bundle) {
        return bundle.getLocation().startsWith(SCHEME);
    }
}
