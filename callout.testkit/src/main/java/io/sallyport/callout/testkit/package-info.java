/**
 * What a plug-in vendor tests with: stand-ins for everything that a callout is handed.
 *
 * <p>They note what a callout does and decide nothing. Each belongs to one test, and to one thread at a time unless it
 * says otherwise. A consumer imports {@code io.sallyport.callout.testkit;version="[1.0,2)"}.
 */
@Export
@Version("1.2.0")
@NullMarked
package io.sallyport.callout.testkit;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
