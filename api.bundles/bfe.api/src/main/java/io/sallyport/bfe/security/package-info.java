/**
 * Who may do what with policy (SEC): principals and their roles, security information of engine, containers and objects.
 * Immutable values; the base filtering engine decides by them.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.sallyport.bfe.security;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
