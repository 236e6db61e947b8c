/**
 * A gateway inside a unit test: the real engine, base filtering engine, packet path and policy files, without a framework,
 * with a clock that the test sets. {@link io.sallyport.callout.testkit.gateway.TestGateway} is where to begin.
 *
 * <p>What is behind it is found by {@link java.util.ServiceLoader}: the artifact {@code callout.testkit.engine} brings it.
 * Everything here is for one thread, that of the test, unless it says otherwise: it plays the worker.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.sallyport.callout.testkit.gateway;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
