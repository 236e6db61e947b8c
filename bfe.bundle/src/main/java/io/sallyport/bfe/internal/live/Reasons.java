package io.sallyport.bfe.internal.live;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What an I/O error says to people. */
final class Reasons {
    private Reasons() {}

    static String of(IOException e) {
        if (e instanceof NoSuchFileException it) {
            return it.getFile() + " does not exist";
        }
        if (e instanceof AccessDeniedException it) {
            return it.getFile() + " is not accessible";
        }
        if (e instanceof FileSystemException it && it.getReason() != null) {
            return it.getReason();
        }
        // The library wraps the system's error.
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null || message.isBlank()
                ? cause.toString()
                : message.lines().findFirst().orElse(message);
    }
}
