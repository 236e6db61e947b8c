/**
 * Net events of the live gateway: taken from the packet path without making it wait, turned into text, kept and handed on
 * by threads of their own.
 */
@NullMarked
package io.sallyport.bfe.internal.event;

import org.jspecify.annotations.NullMarked;
