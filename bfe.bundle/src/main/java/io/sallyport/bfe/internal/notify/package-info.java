/** Notices of what is in force: queues that nobody waits for, and the subscriptions to changes of policy. */
@NullMarked
package io.sallyport.bfe.internal.notify;

import org.jspecify.annotations.NullMarked;
