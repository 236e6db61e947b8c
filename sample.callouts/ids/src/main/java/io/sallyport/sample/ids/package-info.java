/** A callout that judges by rules in the language of Suricata. */
@NullMarked
package io.sallyport.sample.ids;

import org.jspecify.annotations.NullMarked;
