package io.sallyport.shell.session;

import io.sallyport.shell.command.Catalogue;
import io.sallyport.shell.command.Services;
import java.nio.file.Path;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;

/** Gogo with our commands and its own, without a framework. */
public final class GogoHarness implements AutoCloseable {
    /** One for all tests: it takes the place of System.out for as long as a command may still write. */
    private static final ThreadIOImpl THREAD_IO = new ThreadIOImpl();

    static {
        THREAD_IO.start();
    }

    private final CommandProcessorImpl processor;
    private final Sessions sessions;

    public GogoHarness(Services services, Path history) {
        processor = new CommandProcessorImpl(THREAD_IO);
        GogoCommands commands = new GogoCommands(services);
        Catalogue.names().forEach(name -> processor.addCommand(GogoCommands.SCOPE, commands, name));
        Posix posix = new Posix(processor);
        GogoTools.POSIX.forEach(name -> processor.addCommand(GogoTools.SCOPE, posix, name));
        sessions = new Sessions(processor, services, history);
    }

    CommandProcessorImpl processor() {
        return processor;
    }

    public Sessions sessions() {
        return sessions;
    }

    @Override
    public void close() {
        processor.stop();
    }
}
