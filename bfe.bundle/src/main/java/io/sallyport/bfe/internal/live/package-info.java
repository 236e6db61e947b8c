/**
 * The base filtering engine of the live gateway: its start and stop, the boot-time policy it leaves behind, and whom it tells
 * of its state.
 */
@NullMarked
package io.sallyport.bfe.internal.live;

import org.jspecify.annotations.NullMarked;
