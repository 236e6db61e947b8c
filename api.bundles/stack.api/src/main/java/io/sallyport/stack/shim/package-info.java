/** The fixed points of the packet's path and the shims that stand there, one slot each. */
@Export
@Version("1.0.0")
@NullMarked
package io.sallyport.stack.shim;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
