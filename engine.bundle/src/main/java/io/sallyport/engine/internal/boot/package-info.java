/** The boot-time policy on disk: the file {@code boot.bin} and what is in it. Management plane. */
@NullMarked
package io.sallyport.engine.internal.boot;

import org.jspecify.annotations.NullMarked;
