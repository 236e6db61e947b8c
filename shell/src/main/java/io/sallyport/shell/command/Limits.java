package io.sallyport.shell.command;

import io.sallyport.shell.protocol.ExitCode;

/** Numbers that people write. */
final class Limits {
    private Limits() {}

    static int positive(String option, int number) {
        if (number < 1) {
            throw new CommandFailure(ExitCode.USAGE, option + ": " + number + " is no number from 1 on");
        }
        return number;
    }
}
