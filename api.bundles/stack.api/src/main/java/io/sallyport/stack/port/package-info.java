/** Where frames enter and leave: batches of reused memory, handlers and transmitters, capture files. */
@Export
@Version("1.0.0")
@NullMarked
package io.sallyport.stack.port;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
