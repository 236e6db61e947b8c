package io.sallyport.callout;

import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The values that filters of a layer are matched against (FWPS_INCOMING_VALUES). Classify path; nothing here blocks,
 * allocates or may be kept. A field that this layer lacks, or whose value is not known now, is {@link DataType#EMPTY}
 * (COND-14) and reads as 0 or null.
 */
@ProviderType
public interface IncomingValues {

    /**
     * The layer that is being classified.
     *
     * @return never null
     */
    Layer layer();

    /**
     * The type of a field's value.
     *
     * @param field any field
     * @return the schema's type, or {@link DataType#EMPTY}
     */
    DataType type(Field field);

    /**
     * An integer, or an IPv4 address (host order), or a MAC address (48 bits).
     *
     * @param field any field
     * @return the value, zero-extended; 0 if empty or of another type
     */
    long number(Field field);

    /**
     * The first eight bytes of a 16-byte value, e.g. an IPv6 address in network order (COND-11).
     *
     * @param field any field
     * @return bytes 0..7, big-endian
     */
    long high64(Field field);

    /**
     * The last eight bytes of a 16-byte value.
     *
     * @param field any field
     * @return bytes 8..15, big-endian
     */
    long low64(Field field);

    /**
     * A blob, SID, string or token.
     *
     * @param field any field
     * @return {@code byte[]} (do not modify), {@code String} or {@link io.sallyport.policy.AccessToken}; null if empty
     */
    @Nullable Object object(Field field);
}
