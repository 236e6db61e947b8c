package io.sallyport.policy;

import io.sallyport.layer.Layer;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A filter as policy knows it (FWPM_FILTER). One record serves adding and reading; what only the BFE assigns is ignored
 * on add (OBJ-3). A filter names one layer, at most one sublayer, and either a raw context or a provider context (OBJ-7).
 *
 * @param key its GUID
 * @param display name and description
 * @param flags bits of {@link FilterFlags}
 * @param provider its provider, or null
 * @param layer the one layer it lives in
 * @param sublayer its sublayer; null means the layer's default, UNIVERSAL (OBJ-8)
 * @param weight EMPTY = automatic, UINT8 0..15 = range, UINT64 = as is (WGT-1)
 * @param conditions ANDed over fields, ORed within one (COND-1, COND-2); empty matches always
 * @param action what to do
 * @param callout the callout's key, only for callout actions
 * @param rawContext 64 bits for the callout, 0 if none
 * @param providerContext the provider context's key, or null
 * @param id run-time id; assigned by the BFE
 * @param effectiveWeight unsigned 64 bit; assigned by the BFE (WGT-2)
 */
public record Filter(
        UUID key,
        DisplayData display,
        int flags,
        @Nullable UUID provider,
        Layer layer,
        @Nullable UUID sublayer,
        Value weight,
        List<Condition> conditions,
        ActionType action,
        @Nullable UUID callout,
        long rawContext,
        @Nullable UUID providerContext,
        long id,
        long effectiveWeight) {

    /** Checks for null and copies. */
    public Filter {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(display, "display");
        Objects.requireNonNull(layer, "layer");
        Objects.requireNonNull(weight, "weight");
        Objects.requireNonNull(action, "action");
        conditions = List.copyOf(conditions);
    }

    /**
     * Starts a filter with automatic weight, no conditions and no flags.
     *
     * @param name its display name
     * @param layer its layer
     * @param action what to do
     * @return a builder; not safe for use by several threads
     */
    public static Builder builder(String name, Layer layer, ActionType action) {
        return new Builder(name, layer, action);
    }

    /** Collects the optional parts of a filter. */
    public static final class Builder {
        private final DisplayData display;
        private final Layer layer;
        private final ActionType action;
        private final List<Condition> conditions = new java.util.ArrayList<>();
        private UUID key = UUID.randomUUID();
        private int flags;
        private @Nullable UUID provider;
        private @Nullable UUID sublayer;
        private Value weight = Value.empty();
        private @Nullable UUID callout;
        private long rawContext;
        private @Nullable UUID providerContext;

        private Builder(String name, Layer layer, ActionType action) {
            this.display = DisplayData.of(name);
            this.layer = layer;
            this.action = action;
        }

        /**
         * Sets the GUID; random by default.
         *
         * @param value the key
         * @return this
         */
        public Builder key(UUID value) {
            this.key = value;
            return this;
        }

        /**
         * Sets flags.
         *
         * @param value bits of {@link FilterFlags}
         * @return this
         */
        public Builder flags(int value) {
            this.flags = value;
            return this;
        }

        /**
         * Names the provider.
         *
         * @param value its key
         * @return this
         */
        public Builder provider(@Nullable UUID value) {
            this.provider = value;
            return this;
        }

        /**
         * Names the sublayer.
         *
         * @param value its key; null = the layer's default
         * @return this
         */
        public Builder sublayer(@Nullable UUID value) {
            this.sublayer = value;
            return this;
        }

        /**
         * Sets the weight (WGT-1).
         *
         * @param value EMPTY, UINT8 or UINT64
         * @return this
         */
        public Builder weight(Value value) {
            this.weight = value;
            return this;
        }

        /**
         * Adds a condition.
         *
         * @param condition one test
         * @return this
         */
        public Builder when(Condition condition) {
            conditions.add(condition);
            return this;
        }

        /**
         * Names the callout.
         *
         * @param value its key
         * @return this
         */
        public Builder callout(@Nullable UUID value) {
            this.callout = value;
            return this;
        }

        /**
         * Sets the raw context.
         *
         * @param value 64 bits for the callout
         * @return this
         */
        public Builder rawContext(long value) {
            this.rawContext = value;
            return this;
        }

        /**
         * Names the provider context.
         *
         * @param value its key
         * @return this
         */
        public Builder providerContext(@Nullable UUID value) {
            this.providerContext = value;
            return this;
        }

        /**
         * Makes the filter.
         *
         * @return an immutable filter
         */
        public Filter build() {
            return new Filter(
                    key,
                    display,
                    flags,
                    provider,
                    layer,
                    sublayer,
                    weight,
                    conditions,
                    action,
                    callout,
                    rawContext,
                    providerContext,
                    0,
                    0);
        }
    }
}
