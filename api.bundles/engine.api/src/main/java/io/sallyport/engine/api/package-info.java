/**
 * The filter engine as shims and the base filtering engine see it: policy images go in, classify outcomes come out.
 *
 * <p>Two planes meet here. {@link io.sallyport.engine.api.FilterEngine} is management plane: it may block, allocate and
 * throw. {@link io.sallyport.engine.api.Classifier} and what it makes is classify plane: owned by one worker, no locks,
 * no allocation, no exceptions. They share one immutable snapshot behind one reference.
 */
@Export
@Version("1.1.0")
@NullMarked
package io.sallyport.engine.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
