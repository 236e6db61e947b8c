/**
 * Layers, their fields, and the types of values: the fixed vocabulary of classification.
 *
 * <p>A consumer imports {@code io.sallyport.layer;version="[1.0,2)"}.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.sallyport.layer;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
