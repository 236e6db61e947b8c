package io.sallyport.run;

import io.sallyport.gateway.api.LocalConsole;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The session of {@code --shell}, on a thread of its own: when it ends, the gateway goes on. */
final class ConsoleSession {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleSession.class);
    private static final long END_TIMEOUT_MS = 1_000;

    private final NoticeBoard notices;
    private @Nullable Thread thread; // by the verb's thread only

    ConsoleSession(NoticeBoard notices) {
        this.notices = notices;
    }

    void start(LocalConsole console) {
        notices.say("Ctrl-D ends this session only; the gateway goes on");
        notices.setTerminalTaken(true);
        Thread session = new Thread(() -> run(console), "local-console");
        session.setDaemon(true);
        session.start();
        thread = session;
    }

    private void run(LocalConsole console) {
        String end = "the session ended; the gateway goes on until Ctrl-C or SIGTERM";
        try {
            console.runSession();
        } catch (InterruptedException e) {
            end = "";
        } catch (RuntimeException e) {
            LOG.warn("the local session failed", e);
            end = "the session failed: " + e + "; the gateway goes on until Ctrl-C or SIGTERM";
        } finally {
            notices.setTerminalTaken(false);
        }
        if (!end.isEmpty()) {
            notices.say(end);
        }
    }

    /** Ends the session and waits a moment for it: it has the terminal's settings to restore. */
    void end() {
        Thread session = thread;
        if (session == null) {
            return;
        }
        session.interrupt();
        try {
            session.join(END_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
