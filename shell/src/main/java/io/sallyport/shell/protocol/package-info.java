/** What client and gateway say to each other over the control socket. Sees nothing but the JDK: the client is a plain JVM. */
@NullMarked
package io.sallyport.shell.protocol;

import org.jspecify.annotations.NullMarked;
