/** Plug-in deployment as replay and shell see it. */
@Export
@Version("1.1.0")
@NullMarked
package io.sallyport.plugin.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
