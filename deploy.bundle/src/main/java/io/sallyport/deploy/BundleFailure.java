package io.sallyport.deploy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.BundleException;

/** The framework's failures in one line for people. */
final class BundleFailure {
    // ... missing requirement [x [5](R 5.0)] osgi.wiring.package; (&(osgi.wiring.package=a.b)(version>=1.0.0)) ...
    private static final Pattern REQUIREMENT = Pattern.compile("missing requirement \\[[^;]*\\] ([a-z0-9.]+); (\\(.*)");
    private static final Pattern LOWER = Pattern.compile("\\(version>=([^)]+)\\)");
    private static final Pattern UPPER = Pattern.compile("\\(!\\(version>=([^)]+)\\)\\)");

    private BundleFailure() {}

    static String explain(BundleException failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure.getType()) {
            case BundleException.RESOLVE_ERROR -> explainUnresolved(message);
            case BundleException.ACTIVATOR_ERROR -> "its activator failed: " + innermost(failure);
            case BundleException.DUPLICATE_BUNDLE_ERROR -> "a bundle of this name and version is there already";
            case BundleException.MANIFEST_ERROR -> "its manifest is wrong: " + firstLine(message);
            case BundleException.NATIVECODE_ERROR -> "it needs native code for another system";
            default -> "it cannot be started: " + firstLine(message);
        };
    }

    private static String explainUnresolved(String message) {
        Matcher found = REQUIREMENT.matcher(message);
        String namespace = "";
        String filter = "";
        // The last one is the cause: what comes before only needs what is missing there.
        int from = 0;
        String who = "";
        while (found.find(from)) {
            who = who.isEmpty() ? "it" : "a bundle that it needs";
            namespace = found.group(1);
            filter = balanced(found.group(2));
            from = found.start(2);
        }
        return switch (namespace) {
            case "" -> "something it needs is missing: " + firstLine(message);
            case "osgi.wiring.package" ->
                who + " imports package " + value(filter, namespace) + versions(filter)
                        + ", which no bundle offers; put a bundle that exports it beside it, or do not import it";
            case "osgi.wiring.bundle" ->
                who + " requires bundle " + value(filter, namespace) + versions(filter) + ", which is not there";
            case "osgi.ee" ->
                who + " is built for Java " + last(LOWER, filter, "(version=") + "; this is Java "
                        + Runtime.version().feature();
            case "osgi.extender" ->
                who + " needs extender " + value(filter, namespace) + versions(filter) + ", which is not there";
            default -> who + " needs " + namespace + " " + filter + ", which nothing offers";
        };
    }

    private static String value(String filter, String attribute) {
        int start = filter.indexOf('(' + attribute + '=');
        if (start < 0) {
            return filter;
        }
        int from = start + attribute.length() + 2;
        int end = filter.indexOf(')', from);
        return end < 0 ? filter : filter.substring(from, end);
    }

    private static String versions(String filter) {
        Matcher upper = UPPER.matcher(filter);
        String to = upper.find() ? upper.group(1) : "";
        Matcher lower = LOWER.matcher(filter.replace("(!(version>=" + to + "))", ""));
        String at = lower.find() ? lower.group(1) : "";
        if (to.isEmpty()) {
            return at.isEmpty() ? "" : " " + at + " or later";
        }
        return " [" + (at.isEmpty() ? "0" : at) + "," + to + ")";
    }

    private static String last(Pattern pattern, String filter, String exact) {
        int start = filter.lastIndexOf(exact);
        if (start >= 0) {
            int end = filter.indexOf(')', start);
            return filter.substring(start + exact.length(), end);
        }
        Matcher matcher = pattern.matcher(filter);
        return matcher.find() ? matcher.group(1) : "of another version";
    }

    /** The filter at the start of the text, up to its last bracket. */
    private static String balanced(String text) {
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
            if (depth == 0) {
                return text.substring(0, i + 1);
            }
        }
        return text;
    }

    private static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return firstLine(cause.toString());
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("").strip();
    }
}
