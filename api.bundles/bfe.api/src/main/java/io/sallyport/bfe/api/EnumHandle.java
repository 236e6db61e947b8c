package io.sallyport.bfe.api;

import io.sallyport.policy.PolicyException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * An enumeration under way: it reads the objects as they were when it was created, whatever is committed meanwhile (ENUM-1).
 * It belongs to its session and ends with it. For one thread at a time, as its session.
 *
 * @param <T> the objects
 */
@ProviderType
public interface EnumHandle<T> extends AutoCloseable {

    /** How many handles a session may have open. */
    int MOST_OPEN = 64;

    /**
     * The next page.
     *
     * @param most how many at most, 1 or more
     * @return fewer than asked for: there are no more (ENUM-2)
     * @throws PolicyException INVALID_PARAMETER if {@code most} is below 1, or the handle was closed; SESSION_ABORTED if its
     *     session is over
     */
    List<T> next(int most) throws PolicyException;

    /** Destroys the handle. Idempotent. */
    @Override
    void close();
}
