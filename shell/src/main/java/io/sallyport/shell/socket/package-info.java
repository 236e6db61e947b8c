/** The control socket: who may connect, and a session for each connection. */
@NullMarked
package io.sallyport.shell.socket;

import org.jspecify.annotations.NullMarked;
