package io.sallyport.replay;

import io.sallyport.bfe.api.BfeFactory;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.plugin.api.PluginDeployer;
import io.sallyport.stack.api.DataPathFactory;
import io.sallyport.stack.port.CaptureFiles;
import java.io.PrintStream;
import java.util.function.ToIntFunction;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The verb as the launcher finds it: arguments in, exit code out. */
@Component(service = ToIntFunction.class, property = "sallyport.verb=replay")
public final class ReplayVerb implements ToIntFunction<String[]> {
    private final GatewayServices services;
    private final PrintStream out;
    private final PrintStream err;

    /** Made by the component runtime. */
    @Activate
    public ReplayVerb(
            @Reference CaptureFiles captureFiles,
            @Reference FilterEngineFactory engines,
            @Reference BfeFactory bfes,
            @Reference DataPathFactory dataPaths,
            @Reference PluginDeployer plugins) {
        this(new GatewayServices(captureFiles, engines, bfes, dataPaths, plugins), System.out, System.err);
    }

    ReplayVerb(GatewayServices services, PrintStream out, PrintStream err) {
        this.services = services;
        this.out = out;
        this.err = err;
    }

    @Override
    public int applyAsInt(String[] arguments) {
        return ReplayCommand.run(services, new Console(out, err), arguments);
    }
}
