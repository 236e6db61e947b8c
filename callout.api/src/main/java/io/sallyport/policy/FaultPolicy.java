package io.sallyport.policy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a filter does when its callout fails, or is kept out for failing ({@code on-fault} in policy files). Said by the filter,
 * else by the callout object, else {@link #BLOCK}. An inspection filter goes on in any case: its callout decides nothing.
 *
 * <p>WFP knows nothing like it. So it travels in two bits of an object's flags that WFP does not use, wherever flags go: in the
 * store, in the boot-time policy, in images for the engine.
 */
public enum FaultPolicy {
    /** A hard block, also against a permit that is hard. At stream layers the connection is dropped. */
    BLOCK,
    /** A soft permit, as if the callout had given it. */
    PERMIT,
    /** As if the filter had not matched. */
    CONTINUE;

    /** The bits of an object's flags that hold it. */
    public static final int FLAGS = 0x3000_0000;

    private static final int SHIFT = 28;

    /**
     * The bits that stand for it.
     *
     * @return bits of {@link #FLAGS}, never 0: no bit means that nothing is said
     */
    public int bits() {
        return (ordinal() + 1) << SHIFT;
    }

    /**
     * What the flags of a filter or of a callout object say.
     *
     * @param flags of the object
     * @return null if they say nothing
     */
    public static @Nullable FaultPolicy of(int flags) {
        int said = (flags & FLAGS) >>> SHIFT;
        return said == 0 ? null : values()[said - 1];
    }

    /**
     * The word for messages and policy files.
     *
     * @return e.g. {@code continue}
     */
    public String policyName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Finds one by its word.
     *
     * @param word in any case
     * @return null if there is none
     */
    public static @Nullable FaultPolicy byName(String word) {
        for (FaultPolicy it : values()) {
            if (it.policyName().equals(word.toLowerCase(Locale.ROOT))) {
                return it;
            }
        }
        return null;
    }
}
