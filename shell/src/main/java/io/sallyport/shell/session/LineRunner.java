package io.sallyport.shell.session;

/** Runs lines, one after the other by one thread. {@link #interrupt} and {@link #close} may come from any. */
interface LineRunner extends AutoCloseable {

    /**
     * Runs a line, or several.
     *
     * @param line what was typed
     * @return how it ended; what went wrong was said
     */
    Outcome run(String line);

    /** Says how wide lines may be where the terminal does not know. */
    void setWidth(int columns);

    /** Interrupts the command that runs, if one does. */
    void interrupt();

    /** Whether a command runs. */
    boolean isRunning();

    /** Ends what runs, and the session. */
    @Override
    void close();
}
