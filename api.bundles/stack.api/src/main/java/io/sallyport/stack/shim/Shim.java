package io.sallyport.stack.shim;

/**
 * What stands at one point of the path: it fills a layer's values from the packet and asks the engine. It keeps no state
 * about packets and enforces nothing; the stack does. Classify plane: made for one worker, used by its thread only.
 */
public interface Shim {}
