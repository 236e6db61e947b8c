package io.sallyport.bfe.api;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Options of the engine: numbers that survive a restart. */
public enum EngineOption {
    /** Explicit transactions that take longer raise an event (TXN-16); they are not aborted. 0 = never. */
    TXN_WATCHDOG_TIMEOUT_MS(60_000, 0, 86_400_000),
    /** How long a session that says nothing waits for the writer before it (TXN-6). */
    TXN_WAIT_TIMEOUT_MS(15_000, 1, 86_400_000);

    private final long defaultValue;
    private final long least;
    private final long most;

    EngineOption(long defaultValue, long least, long most) {
        this.defaultValue = defaultValue;
        this.least = least;
        this.most = most;
    }

    /**
     * The name for people and files.
     *
     * @return e.g. {@code txn-watchdog-timeout-ms}
     */
    public String policyName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Finds an option.
     *
     * @param name its policy name
     * @return null if there is none
     */
    public static @Nullable EngineOption byName(String name) {
        return Arrays.stream(values())
                .filter(it -> it.policyName().equals(name))
                .findFirst()
                .orElse(null);
    }

    /**
     * What counts until somebody sets it.
     *
     * @return a possible value
     */
    public long defaultValue() {
        return defaultValue;
    }

    /**
     * The least possible value.
     *
     * @return inclusive
     */
    public long least() {
        return least;
    }

    /**
     * The greatest possible value.
     *
     * @return inclusive
     */
    public long most() {
        return most;
    }
}
