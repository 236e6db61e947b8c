/**
 * The base filtering engine as management programs see it: sessions, transactions, objects, policy files. Management
 * plane throughout: calls may block, allocate and throw; none may be made from inside a classify.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.sallyport.bfe.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
