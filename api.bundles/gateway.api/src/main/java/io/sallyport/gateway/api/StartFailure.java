package io.sallyport.gateway.api;

import java.util.List;

/**
 * OSGi service that a bundle registers when it cannot do its part in a live gateway, instead of the service that was
 * expected of it. The verb {@code run} prints the lines and ends with the code; until then the packet path stays closed.
 *
 * @param exitCode 1 failed, 2 wrong argument, 3 denied, 4 invalid policy or unreadable store
 * @param lines what is wrong with what, and what would help; one line unless there are several problems
 */
public record StartFailure(int exitCode, List<String> lines) {

    /** Copies the list. */
    public StartFailure {
        lines = List.copyOf(lines);
        if (exitCode < 1 || lines.isEmpty()) {
            throw new IllegalArgumentException("a failure needs an exit code and a reason");
        }
    }
}
