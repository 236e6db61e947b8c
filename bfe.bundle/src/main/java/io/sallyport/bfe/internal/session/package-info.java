/**
 * Sessions and transactions. There is one writer at a time: it works on a draft, and its commit translates, compiles and
 * publishes before anybody else sees the result. Readers see immutable snapshots and wait for nobody.
 */
@NullMarked
package io.sallyport.bfe.internal.session;

import org.jspecify.annotations.NullMarked;
