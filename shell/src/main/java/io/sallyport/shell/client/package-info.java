/** The client of the control socket: a program of its own, started by {@code ./sallyport shell}, outside of any framework. */
@NullMarked
package io.sallyport.shell.client;

import org.jspecify.annotations.NullMarked;
