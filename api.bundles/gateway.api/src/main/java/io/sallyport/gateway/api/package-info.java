/**
 * The live gateway as its parts see it: how it was started, what happened in it, and where people talk to it. Management
 * plane throughout.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.sallyport.gateway.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
