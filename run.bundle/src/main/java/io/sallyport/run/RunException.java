package io.sallyport.run;

/** The gateway cannot be started; the message is for the operator and complete. */
final class RunException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    RunException(int exitCode, String line) {
        super(line);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }

    String line() {
        return String.valueOf(getMessage());
    }
}
