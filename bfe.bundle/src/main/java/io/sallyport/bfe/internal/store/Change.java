package io.sallyport.bfe.internal.store;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One object in which two policies differ.
 *
 * @param <T> a record of {@code io.sallyport.policy}
 * @param key its key
 * @param before as it was; null: it is new
 * @param after as it is; null: it is gone
 * @param isInPlace whether it stands in its old place in the order of addition
 */
public record Change<T>(
        UUID key, @Nullable Stored<T> before, @Nullable Stored<T> after, boolean isInPlace) {}
