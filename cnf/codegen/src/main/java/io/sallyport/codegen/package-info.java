/** Turns the tables in {@code cnf/wfp} into the Java types of callout.api; nothing of it ships. */
@NullMarked
package io.sallyport.codegen;

import org.jspecify.annotations.NullMarked;
