package io.sallyport.deploy.trust;

import java.util.List;
import java.util.Set;

/** Which packages of Java and of the framework plug-ins may use. What is not named here is refused. */
final class AllowedPackages {
    private static final Set<String> JAVA = Set.of(
            "java.io",
            "java.lang",
            "java.lang.annotation",
            "java.lang.constant",
            "java.lang.invoke",
            "java.lang.ref",
            "java.lang.reflect",
            "java.lang.runtime",
            "java.math",
            "java.net",
            "java.nio",
            "java.security",
            "java.text",
            "java.time",
            "java.util",
            "javax.crypto",
            "javax.net");
    private static final List<String> JAVA_BELOW = List.of(
            "java.nio.", "java.security.", "java.text.", "java.time.", "java.util.", "javax.crypto.", "javax.net.");
    private static final Set<String> FRAMEWORK = Set.of("org.osgi.framework", "org.slf4j");
    private static final List<String> FRAMEWORK_BELOW = List.of("org.osgi.service.component", "org.osgi.util.");
    private static final List<String> OF_JAVA = List.of("java.", "javax.", "sun.", "com.sun.", "jdk.");

    private AllowedPackages() {}

    /** True for what comes with the Java runtime, allowed or not. */
    static boolean isOfJava(String name) {
        return OF_JAVA.stream().anyMatch(name::startsWith);
    }

    static boolean isAllowed(String name) {
        return JAVA.contains(name)
                || FRAMEWORK.contains(name)
                || JAVA_BELOW.stream().anyMatch(name::startsWith)
                || FRAMEWORK_BELOW.stream().anyMatch(name::startsWith);
    }
}
