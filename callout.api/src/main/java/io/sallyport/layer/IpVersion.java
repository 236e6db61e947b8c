package io.sallyport.layer;

/** The IP version of what a layer classifies. */
public enum IpVersion {
    /** IPv4. */
    V4,
    /** IPv6. */
    V6,
    /** Either, or no IP at all. */
    ANY
}
