package io.sallyport.policy;

/** The managed object types (OBJ-1). A GUID is unique within one type only (OBJ-4). */
public enum ObjectType {
    /** A filter. */
    FILTER,
    /** A callout object. */
    CALLOUT,
    /** A layer: fixed, neither added nor deleted (OBJ-2). */
    LAYER,
    /** A sublayer. */
    SUBLAYER,
    /** A provider. */
    PROVIDER,
    /** A provider context. */
    PROVIDER_CONTEXT,
    /** A set of addresses or ports: this gateway's own type. */
    SET;

    /**
     * The word for messages and policy files.
     *
     * @return e.g. {@code provider-context}
     */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
