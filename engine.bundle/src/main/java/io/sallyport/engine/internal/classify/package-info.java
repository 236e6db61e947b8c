/** The classify plane: one worker's door, arbitration, stream waterfall, flow contexts and counters. Everything here is owned by one worker unless a comment says otherwise. */
@NullMarked
package io.sallyport.engine.internal.classify;

import org.jspecify.annotations.NullMarked;
