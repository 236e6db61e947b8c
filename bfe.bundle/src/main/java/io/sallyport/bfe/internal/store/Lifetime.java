package io.sallyport.bfe.internal.store;

import java.util.Locale;

/** How long an object lives (LIFE-1). */
public enum Lifetime {
    /** Until its session ends (LIFE-2). */
    DYNAMIC,
    /** Until the BFE stops (LIFE-3). */
    STATIC,
    /** Until it is deleted (LIFE-4). */
    PERSISTENT,
    /** A filter that counts only while the BFE does not run (LIFE-6). */
    BOOT_TIME,
    /** For ever (LIFE-5). */
    BUILT_IN;

    /**
     * The word for messages and policy files.
     *
     * @return e.g. {@code boot-time}
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
