package io.sallyport.launcher;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Asks the component runtime which components are not satisfied. By reflection: its API is a bundle, the launcher is
 * outside the framework, and a launcher that carries its own copy would see different classes.
 */
final class Components {
    private static final String RUNTIME = "org.osgi.service.component.runtime.ServiceComponentRuntime";
    // Values of ComponentConfigurationDTO.state
    private static final int UNSATISFIED_CONFIGURATION = 1;
    private static final int UNSATISFIED_REFERENCE = 2;
    private static final int FAILED_ACTIVATION = 16;

    private static final Bundle[] ALL_BUNDLES = {};

    private Components() {}

    /** One line per component that cannot run. */
    static List<String> waiting(BundleContext context) {
        try {
            ServiceReference<?>[] references = context.getAllServiceReferences(RUNTIME, null);
            if (references == null) {
                return List.of("no component runtime is running");
            }
            List<String> lines = new ArrayList<>();
            Object runtime = context.getService(references[0]);
            for (Object component : items(call(runtime, "getComponentDescriptionDTOs", ALL_BUNDLES))) {
                for (Object configuration : items(call(runtime, "getComponentConfigurationDTOs", component))) {
                    describe(component, configuration, lines);
                }
            }
            return lines;
        } catch (ReflectiveOperationException | InvalidSyntaxException e) {
            return List.of("the component runtime cannot be asked: " + Reasons.oneLine(e));
        }
    }

    private static void describe(Object component, Object configuration, List<String> lines)
            throws ReflectiveOperationException {
        String name = "component " + field(component, "name");
        switch (Integer.parseInt(String.valueOf(field(configuration, "state")))) {
            case UNSATISFIED_CONFIGURATION -> lines.add(name + " waits for its configuration");
            case UNSATISFIED_REFERENCE -> {
                for (Object reference : items(field(configuration, "unsatisfiedReferences"))) {
                    String wanted = String.valueOf(field(reference, "name"));
                    lines.add(name + " waits for " + interfaceOf(component, wanted) + " (reference " + wanted + ")");
                }
            }
            case FAILED_ACTIVATION -> {
                String failure = String.valueOf(field(configuration, "failure"));
                lines.add(name + " failed to start: "
                        + failure.lines().findFirst().orElse(""));
            }
            default -> {
                // satisfied or active
            }
        }
    }

    private static String interfaceOf(Object component, String referenceName) throws ReflectiveOperationException {
        for (Object reference : items(field(component, "references"))) {
            if (referenceName.equals(field(reference, "name"))) {
                return String.valueOf(field(reference, "interfaceName"));
            }
        }
        return "a service";
    }

    /** Through the interface: the implementing class need not be public. */
    private static @Nullable Object call(Object runtime, String name, Object argument)
            throws ReflectiveOperationException {
        for (Class<?> type : runtime.getClass().getInterfaces()) {
            if (type.getName().equals(RUNTIME)) {
                for (Method method : type.getMethods()) {
                    if (method.getName().equals(name) && method.getParameterCount() == 1) {
                        return method.invoke(runtime, argument);
                    }
                }
            }
        }
        throw new NoSuchMethodException(RUNTIME + "." + name);
    }

    private static @Nullable Object field(Object target, String name) throws ReflectiveOperationException {
        return target.getClass().getField(name).get(target);
    }

    private static Collection<?> items(@Nullable Object value) {
        if (value instanceof Collection<?> collection) {
            return collection;
        }
        return value instanceof Object[] array ? Arrays.asList(array) : List.of();
    }
}
