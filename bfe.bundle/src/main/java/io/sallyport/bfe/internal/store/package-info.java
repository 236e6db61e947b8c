/**
 * The objects of the base filtering engine and the rules that every change must obey. Management plane. A
 * {@link io.sallyport.bfe.internal.store.PolicyState} is immutable; a {@link io.sallyport.bfe.internal.store.Draft} is one
 * transaction's working copy of it and belongs to one thread at a time.
 */
@NullMarked
package io.sallyport.bfe.internal.store;

import org.jspecify.annotations.NullMarked;
