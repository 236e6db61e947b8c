/**
 * What a plug-in implements and what it is given.
 *
 * <p>A consumer imports {@code io.sallyport.callout;version="[1.2,2)"}; a provider {@code [1.2,1.3)}.
 */
@Export
@Version("1.2.0")
@NullMarked
package io.sallyport.callout;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
