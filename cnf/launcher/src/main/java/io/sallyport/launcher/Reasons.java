package io.sallyport.launcher;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.ExecutionEnvironmentNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Namespace;

/**
 * Says in words why a bundle does not run. The resolver's own message nests ids and filters several lines deep; so the
 * unmet requirements are looked up anew, and its message is the fallback.
 */
final class Reasons {
    private final List<Bundle> bundles;
    private final Map<Bundle, Throwable> startErrors;

    Reasons(BundleContext context, Map<Bundle, Throwable> startErrors) {
        this.bundles = List.of(context.getBundles());
        this.startErrors = startErrors;
    }

    String whyNotActive(Bundle bundle) {
        boolean resolved = (bundle.getState() & (Bundle.INSTALLED | Bundle.UNINSTALLED)) == 0;
        String fallback = Optional.ofNullable(startErrors.get(bundle))
                .map(Reasons::oneLine)
                .orElse("no reason was reported");
        if (resolved) {
            return fallback;
        }
        List<String> unmet = unmet(bundle, new HashSet<>());
        return unmet.isEmpty() ? fallback : String.join("; ", unmet);
    }

    /** True when this JDK is too old for the bundle itself, or for one without which it cannot resolve. */
    boolean needsNewerJava(Bundle bundle) {
        return needsNewerJava(bundle, new HashSet<>());
    }

    private boolean needsNewerJava(Bundle bundle, Set<Bundle> seen) {
        if (!seen.add(bundle) || bundle.getState() != Bundle.INSTALLED) {
            return false;
        }
        for (BundleRequirement requirement : mandatory(bundle)) {
            List<Bundle> providers = providers(requirement);
            if (providers.isEmpty() && isJava(requirement)) {
                return true;
            }
            if (!providers.isEmpty() && providers.stream().allMatch(p -> needsNewerJava(p, seen))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isJava(BundleRequirement requirement) {
        return requirement.getNamespace().equals(ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE);
    }

    private List<String> unmet(Bundle bundle, Set<Bundle> seen) {
        seen.add(bundle);
        List<String> lines = new ArrayList<>();
        for (BundleRequirement requirement : mandatory(bundle)) {
            List<Bundle> providers = providers(requirement);
            if (providers.isEmpty()) {
                lines.add("nothing installed provides " + describe(requirement));
            } else if (providers.stream().noneMatch(Reasons::isResolved)) {
                Bundle provider = providers.get(0);
                String because = seen.contains(provider) ? "" : ": " + String.join("; ", unmet(provider, seen));
                lines.add(describe(requirement) + " would come from " + provider.getSymbolicName()
                        + ", which does not resolve" + because);
            }
        }
        return lines;
    }

    private static List<BundleRequirement> mandatory(Bundle bundle) {
        return bundle.adapt(BundleRevision.class).getDeclaredRequirements(null).stream()
                .filter(requirement -> isMandatory(requirement.getDirectives()))
                .toList();
    }

    private static boolean isMandatory(Map<String, String> directives) {
        String effective =
                directives.getOrDefault(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE, Namespace.EFFECTIVE_RESOLVE);
        String resolution = directives.getOrDefault(Constants.RESOLUTION_DIRECTIVE, Constants.RESOLUTION_MANDATORY);
        return effective.equals(Namespace.EFFECTIVE_RESOLVE)
                && resolution.equals(Constants.RESOLUTION_MANDATORY)
                // Felix lists imports of java.* packages too and resolves them by itself.
                && !directives
                        .getOrDefault(Namespace.REQUIREMENT_FILTER_DIRECTIVE, "")
                        .contains("(" + PackageNamespace.PACKAGE_NAMESPACE + "=java.");
    }

    private List<Bundle> providers(BundleRequirement requirement) {
        return bundles.stream().filter(b -> provides(b, requirement)).toList();
    }

    private static boolean provides(Bundle bundle, BundleRequirement requirement) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (revision == null) {
            return false; // uninstalled
        }
        for (BundleCapability capability : revision.getDeclaredCapabilities(requirement.getNamespace())) {
            if (requirement.matches(capability)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isResolved(Bundle bundle) {
        return bundle.getState() != Bundle.INSTALLED;
    }

    /** {@code package x.y}, {@code JavaSE 22}, or namespace and filter as they are. */
    private static String describe(BundleRequirement requirement) {
        String filter = requirement.getDirectives().getOrDefault(Namespace.REQUIREMENT_FILTER_DIRECTIVE, "");
        String plain = filter.replaceAll("[()&]+", " ").strip().replaceAll("\\s+", " ");
        String namespace = requirement.getNamespace();
        if (namespace.equals(PackageNamespace.PACKAGE_NAMESPACE)) {
            return plain.replace(PackageNamespace.PACKAGE_NAMESPACE + "=", "package ");
        }
        if (isJava(requirement)) {
            return plain.replace("osgi.ee=", "Java environment ").replace("version=", "");
        }
        return namespace + (plain.isEmpty() ? "" : " " + plain);
    }

    /** The innermost cause in one line, with its type where the message alone says too little. */
    static String oneLine(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null && isWrapper(cause)) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        String type = cause.getClass().getSimpleName();
        return cause.getMessage() == null ? type : type + ": " + message;
    }

    private static boolean isWrapper(Throwable thrown) {
        return thrown instanceof org.osgi.framework.BundleException || thrown instanceof InvocationTargetException;
    }
}
