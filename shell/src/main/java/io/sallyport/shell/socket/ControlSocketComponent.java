package io.sallyport.shell.socket;

import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.StartFailure;
import io.sallyport.shell.session.Sessions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Keeps the control socket open while a live gateway runs. */
@Component(
        service = {},
        immediate = true)
public final class ControlSocketComponent {
    private final @Nullable ControlServer server;
    private final @Nullable ServiceRegistration<StartFailure> failure;

    /** Made by the component runtime, in a live gateway only. */
    @Activate
    public ControlSocketComponent(
            @Reference GatewayConfig config, @Reference Sessions sessions, BundleContext context) {
        Path socket = config.controlSocket();
        ControlServer opened = null;
        ServiceRegistration<StartFailure> failed = null;
        try {
            opened = ControlServer.open(
                    socket, sessions, own -> KernelPeers.of(own, config.adminGroup(), config.operatorGroup()));
        } catch (IOException e) {
            String line = "the control socket " + socket + " cannot be made: " + reason(e, socket);
            failed = context.registerService(StartFailure.class, new StartFailure(1, List.of(line)), null);
        }
        server = opened;
        failure = failed;
    }

    @Deactivate
    void close() {
        if (server != null) {
            server.close();
        }
        if (failure != null) {
            failure.unregister();
        }
    }

    private static String reason(IOException e, Path socket) {
        String message = String.valueOf(e.getMessage());
        return message.equals(socket.toString()) ? e.getClass().getSimpleName() : message;
    }
}
