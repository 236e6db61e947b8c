/**
 * Templates of enumerations and subscriptions: which objects they mean. Management plane; everything is immutable once it is
 * made.
 */
@NullMarked
package io.sallyport.bfe.internal.template;

import org.jspecify.annotations.NullMarked;
