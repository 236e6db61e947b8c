/**
 * What every callout should keep to, as a suite of tests: extend
 * {@link io.sallyport.callout.testkit.conformance.ConformanceSuite}.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.sallyport.callout.testkit.conformance;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
