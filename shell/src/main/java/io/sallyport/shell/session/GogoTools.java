package io.sallyport.shell.session;

import io.sallyport.gateway.api.GatewayConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.gogo.jline.Procedural;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * What Gogo has for use in pipes and scripts. Its own bundle is installed as a library and not started: it would add
 * {@code java.lang.System} as a command, and {@code exit} would end the gateway.
 */
@Component(service = GogoTools.class)
public final class GogoTools {
    static final String SCOPE = "gogo";
    /** For pipes only. Whatever pages or rewrites the screen would wait for keys that a script never sends. */
    static final List<String> POSIX = List.of("echo", "grep", "head", "sleep", "sort", "tail", "wc");

    static final List<String> PROCEDURAL =
            List.of("each", "if", "not", "throw", "try", "until", "while", "break", "continue");

    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    /** Made by the component runtime, in a live gateway only. */
    @Activate
    public GogoTools(@Reference GatewayConfig config, @Reference CommandProcessor processor, BundleContext context) {
        register(context, new Posix(processor), POSIX);
        register(context, new Procedural(), PROCEDURAL);
    }

    @Deactivate
    void unregister() {
        registrations.forEach(ServiceRegistration::unregister);
    }

    private void register(BundleContext context, Object commands, List<String> names) {
        Map<String, Object> properties = Map.of(
                CommandProcessor.COMMAND_SCOPE, SCOPE, CommandProcessor.COMMAND_FUNCTION, names.toArray(new String[0]));
        registrations.add(
                context.registerService(Object.class.getName(), commands, FrameworkUtil.asDictionary(properties)));
    }
}
