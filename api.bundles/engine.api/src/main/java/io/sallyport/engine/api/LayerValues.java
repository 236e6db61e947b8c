package io.sallyport.engine.api;

import io.sallyport.callout.IncomingValues;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The values of one layer, filled anew for each item by the layer's shim and read by filters and callouts. Classify plane:
 * owned by one worker, reused. Indices are those of the layer's schema ({@code layer.fieldIndex(field)}, taken once when
 * the shim is made); an index of -1 is ignored, so that one shim can fill layers of both IP versions.
 */
@ProviderType
public interface LayerValues extends IncomingValues {

    /** Makes every field empty. */
    void clear();

    /**
     * Sets an integer of up to 64 bits, an IPv4 address (host order) or a MAC address.
     *
     * @param index field index, or -1
     * @param value unsigned types zero-extended, signed ones sign-extended
     */
    void setNumber(int index, long value);

    /**
     * Sets a 16-byte value.
     *
     * @param index field index, or -1
     * @param high bytes 0..7, big-endian
     * @param low bytes 8..15, big-endian
     */
    void setBytes16(int index, long high, long low);

    /**
     * Sets a blob or SID ({@code byte[]}), string or {@link io.sallyport.policy.AccessToken}; null makes the field empty.
     *
     * @param index field index, or -1
     * @param value of the class that the field's type wants; not modified afterwards
     */
    void setObject(int index, @Nullable Object value);

    /**
     * Makes a field empty: its value is not known at this classify (COND-14).
     *
     * @param index field index, or -1
     */
    void setEmpty(int index);
}
