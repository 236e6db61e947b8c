package io.sallyport.shell.session;

import io.sallyport.shell.command.Catalogue;
import io.sallyport.shell.command.Services;
import java.nio.file.Path;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;

/** Gogo with our commands and its own, without a framework. */
public final class GogoHarness implements AutoCloseable {
    private final ThreadIOImpl threadIo = new ThreadIOImpl();
    private final CommandProcessorImpl processor;
    private final Sessions sessions;

    public GogoHarness(Services services, Path history) {
        threadIo.start();
        processor = new CommandProcessorImpl(threadIo);
        GogoCommands commands = new GogoCommands(services);
        Catalogue.names().forEach(name -> processor.addCommand(GogoCommands.SCOPE, commands, name));
        Posix posix = new Posix(processor);
        GogoTools.POSIX.forEach(name -> processor.addCommand(GogoTools.SCOPE, posix, name));
        sessions = new Sessions(processor, services, history);
    }

    public Sessions sessions() {
        return sessions;
    }

    @Override
    public void close() {
        processor.stop();
        threadIo.stop();
    }
}
