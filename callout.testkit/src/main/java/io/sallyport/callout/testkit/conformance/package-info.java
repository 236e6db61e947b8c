/**
 * What every callout should keep to, as a suite of tests: extend
 * {@link io.sallyport.callout.testkit.conformance.ConformanceSuite}; over a finished jar,
 * {@link io.sallyport.callout.testkit.conformance.JarConformance}.
 */
@Export
@Version("1.1.0")
@NullMarked
package io.sallyport.callout.testkit.conformance;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
