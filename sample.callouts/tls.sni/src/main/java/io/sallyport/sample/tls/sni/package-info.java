/** A callout that drops TLS connections by the name that the client asks for. */
@NullMarked
package io.sallyport.sample.tls.sni;

import org.jspecify.annotations.NullMarked;
