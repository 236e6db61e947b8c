/** The packet's path as the rest of the gateway sees it: data paths, packets, flows, the ledger and what is observed. */
@Export
@Version("1.1.0")
@NullMarked
package io.sallyport.stack.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
