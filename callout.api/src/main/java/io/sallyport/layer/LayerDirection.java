package io.sallyport.layer;

/** The direction of what a layer classifies, seen from the inside. */
public enum LayerDirection {
    /** From the outside to the inside. */
    IN,
    /** From the inside to the outside. */
    OUT,
    /** Both directions. */
    BOTH,
    /** Nothing that has a direction. */
    NONE
}
