package io.sallyport.shell.protocol;

/** What a command, and with {@code -c} the client, ends with. */
public final class ExitCode {
    /** Done. */
    public static final int OK = 0;
    /** Could not be done, or the answer is no. */
    public static final int NEGATIVE = 1;
    /** Wrong command line. */
    public static final int USAGE = 2;
    /** No right. */
    public static final int DENIED = 3;
    /** Invalid policy or plug-in. */
    public static final int INVALID = 4;
    /** The gateway, or the part of it that is needed, is not there. */
    public static final int UNREACHABLE = 5;
    /** Another commit has to be confirmed or taken back first. */
    public static final int CONFIRM_PENDING = 6;
    /** Interrupted by Ctrl-C, as shells count. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
