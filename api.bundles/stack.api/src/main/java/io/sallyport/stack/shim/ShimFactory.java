package io.sallyport.stack.shim;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * OSGi service of a shim bundle: makes the shims of one point, one for each worker of each data path. When the service
 * goes, the stack stops calling its shims before the bundle's stop returns. Safe for use by any thread.
 */
@ConsumerType
public interface ShimFactory {

    /**
     * Which slot its shims fit.
     *
     * @return always the same
     */
    ShimPoint point();

    /**
     * Makes a shim. Not on the packet path.
     *
     * @param environment of the worker that will call it
     * @return a shim of the class {@code point().type()}
     */
    Shim create(ShimEnvironment environment);
}
