package io.sallyport.layer;

/** How the values of a field are to be read; it decides which operands a condition may use. */
public enum FieldKind {
    /** A plain value. */
    RAW_DATA,
    /** An IP address: conditions may use an address with a mask. */
    IP_ADDRESS,
    /** A set of bits: conditions may test them singly. */
    FLAGS
}
