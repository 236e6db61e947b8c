/** What is asked of a jar before it is installed: who signed it, what it uses, and whether this gateway can offer that. */
@NullMarked
package io.sallyport.deploy.trust;

import org.jspecify.annotations.NullMarked;
