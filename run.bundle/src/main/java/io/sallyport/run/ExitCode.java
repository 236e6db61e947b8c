package io.sallyport.run;

/** What the process ends with. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int DENIED = 3;
    static final int UNREADABLE_INPUT = 4;

    private ExitCode() {}
}
