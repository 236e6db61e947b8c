/**
 * The constants of policy: how conditions match, what filters do, why a change is refused.
 *
 * <p>A consumer imports {@code io.sallyport.policy;version="[1.0,2)"}.
 */
@Export
@Version("1.1.0")
@NullMarked
package io.sallyport.policy;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
