/**
 * A second opinion on arbitration and matching: slow, obvious, and written from the rules alone. It shares no code with
 * the engine but the records of the API.
 */
package io.sallyport.engine.oracle;
