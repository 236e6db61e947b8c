/** Flows and endpoints: bounded tables with a keyed hash, idle lists by time-out class, the state of TCP connections. */
@NullMarked
package io.sallyport.stack.internal.flow;

import org.jspecify.annotations.NullMarked;
