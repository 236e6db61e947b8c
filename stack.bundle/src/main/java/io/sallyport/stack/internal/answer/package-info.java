/** What the gateway says to the sender of a packet that does not pass: TCP resets and ICMP errors, by rule and rationed. */
@NullMarked
package io.sallyport.stack.internal.answer;

import org.jspecify.annotations.NullMarked;
