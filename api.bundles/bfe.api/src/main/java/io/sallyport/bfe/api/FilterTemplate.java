package io.sallyport.bfe.api;

import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which filters are meant (ENUM-5). Everything that is given must hold. A template that no filter can fit is refused with
 * NEVER_MATCH where it is used (ENUM-10).
 *
 * @param provider key of their provider, or null for any
 * @param layer their layer, or null for any
 * @param type how their conditions must relate to {@code conditions}
 * @param flags which filters besides the usual ones, and in which order
 * @param contextProvider key of the provider of their provider context, or null for any, also for filters without one
 * @param conditions the traffic that is asked about: each field once at most (DUPLICATE_CONDITION), ANDed; a field that is not
 *     named may have any value, or be EMPTY. No conditions: filters are not chosen by theirs
 * @param actionMask bits of {@link io.sallyport.policy.ActionType#code()}: a filter is meant if its action shares one (ENUM-8)
 * @param callout key of the callout that they call, or null for any; needs the callout bit in the mask
 */
public record FilterTemplate(
        @Nullable UUID provider,
        @Nullable Layer layer,
        EnumType type,
        Set<Flag> flags,
        @Nullable UUID contextProvider,
        List<Condition> conditions,
        int actionMask,
        @Nullable UUID callout) {

    /** The mask that every action shares a bit with. */
    public static final int ANY_ACTION = -1;

    /** The bit of {@code actionMask} that actions have which end a sublayer. */
    public static final int TERMINATING_ACTION = 0x1000;

    /** The bit of {@code actionMask} that actions have which call a callout. */
    public static final int CALLOUT_ACTION = 0x4000;

    /** Checks for null and copies. */
    public FilterTemplate {
        Objects.requireNonNull(type, "type");
        flags = Set.copyOf(flags);
        conditions = List.copyOf(conditions);
    }

    /** How the conditions of a filter relate to those of the template (ENUM-6). */
    public enum EnumType {
        /** The filter matches all traffic that the template describes. */
        FULLY_CONTAINED,
        /**
         * There is traffic that both describe. Between tests of strings, blobs and tokens that are more than one value it is
         * not decided but taken for granted; such a filter contains a template only if both have the same test.
         */
        OVERLAPPING
    }

    /** Options (ENUM-7). Without {@link #SORTED} the order is that of addition. */
    public enum Flag {
        /** Of all filters that fit, only the heaviest terminating one. */
        BEST_TERMINATING_MATCH,
        /** By effective weight, heaviest first; of equal ones the older first (ARB-26). */
        SORTED,
        /** Boot-time filters only, disabled ones included; wins over the two below. */
        BOOTTIME_ONLY,
        /** Boot-time filters too. */
        INCLUDE_BOOTTIME,
        /** Disabled filters too. */
        INCLUDE_DISABLED
    }

    /**
     * All filters but boot-time and disabled ones (ENUM-4).
     *
     * @return a template
     */
    public static FilterTemplate all() {
        return builder().build();
    }

    /**
     * Starts with {@link #all()}.
     *
     * @return a builder; not safe for use by several threads
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the parts of a template. */
    public static final class Builder {
        private final Set<Flag> flags = EnumSet.noneOf(Flag.class);
        private final List<Condition> conditions = new ArrayList<>();
        private EnumType type = EnumType.FULLY_CONTAINED;
        private int actionMask = ANY_ACTION;
        private @Nullable UUID provider;
        private @Nullable Layer layer;
        private @Nullable UUID contextProvider;
        private @Nullable UUID callout;

        private Builder() {}

        /**
         * Names the provider.
         *
         * @param value its key; null for any
         * @return this
         */
        public Builder provider(@Nullable UUID value) {
            provider = value;
            return this;
        }

        /**
         * Names the layer.
         *
         * @param value the layer; null for any
         * @return this
         */
        public Builder layer(@Nullable Layer value) {
            layer = value;
            return this;
        }

        /**
         * Says how conditions must relate; FULLY_CONTAINED by default.
         *
         * @param value how
         * @return this
         */
        public Builder type(EnumType value) {
            type = value;
            return this;
        }

        /**
         * Sets a flag.
         *
         * @param value what to set
         * @return this
         */
        public Builder flag(Flag value) {
            flags.add(value);
            return this;
        }

        /**
         * Names the provider of the provider context.
         *
         * @param value its key; null for any
         * @return this
         */
        public Builder contextProvider(@Nullable UUID value) {
            contextProvider = value;
            return this;
        }

        /**
         * Adds a condition.
         *
         * @param condition on a field that has none yet
         * @return this
         */
        public Builder when(Condition condition) {
            conditions.add(condition);
            return this;
        }

        /**
         * Sets the mask of actions; {@link FilterTemplate#ANY_ACTION} by default.
         *
         * @param value bits of action codes
         * @return this
         */
        public Builder actionMask(int value) {
            actionMask = value;
            return this;
        }

        /**
         * Names the callout.
         *
         * @param value its key; null for any
         * @return this
         */
        public Builder callout(@Nullable UUID value) {
            callout = value;
            return this;
        }

        /**
         * Makes the template.
         *
         * @return an immutable template
         */
        public FilterTemplate build() {
            return new FilterTemplate(provider, layer, type, flags, contextProvider, conditions, actionMask, callout);
        }
    }
}
