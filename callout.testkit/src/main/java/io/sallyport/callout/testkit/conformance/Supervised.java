package io.sallyport.callout.testkit.conformance;

import java.time.Duration;

/** Runs a check on a thread of its own: a callout that never comes back must not keep the test. */
final class Supervised {
    private static final String NAME = "conformance ";

    private Supervised() {}

    static boolean isOwn(Thread thread) {
        return thread.getName().startsWith(NAME);
    }

    /** True if a check that was given up still has a thread inside of the callout. */
    static boolean isAnyInside() {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(Supervised::isOwn);
    }

    /** Empty if it came to its end; else where it stands. */
    static String run(String name, Duration most, Wrong wrong, Runnable check) {
        Thread thread = new Thread(
                () -> {
                    try {
                        check.run();
                    } catch (AssertionError | IllegalStateException | IllegalArgumentException e) {
                        wrong.add(String.valueOf(e.getMessage() == null ? e : e.getMessage()));
                    } catch (Throwable e) { // whatever the callout does, it is the check that has failed
                        wrong.add(String.valueOf(e));
                    }
                },
                NAME + name);
        thread.setDaemon(true);
        thread.start();
        try {
            thread.join(most.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "it was interrupted";
        }
        if (!thread.isAlive()) {
            return "";
        }
        StringBuilder where = new StringBuilder("it did not come back within " + most.toSeconds() + " seconds:");
        StackTraceElement[] trace = thread.getStackTrace();
        for (int i = 0; i < Math.min(trace.length, 12); i++) {
            where.append("\n  at ").append(trace[i]);
        }
        thread.interrupt();
        return where.toString();
    }
}
