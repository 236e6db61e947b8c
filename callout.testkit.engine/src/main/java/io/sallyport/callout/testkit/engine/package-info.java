/** The real bundles, put together in plain Java for the vendors' test kit and for this project's own tests. */
@NullMarked
package io.sallyport.callout.testkit.engine;

import org.jspecify.annotations.NullMarked;
