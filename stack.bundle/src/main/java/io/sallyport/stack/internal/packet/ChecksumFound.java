package io.sallyport.stack.internal.packet;

/** What was found of a TCP or UDP checksum of a frame, as it came, where senders may leave them unfinished. */
public enum ChecksumFound {
    /** Nobody looked, or the port knew. */
    UNKNOWN,

    /** It was right: its sender finishes checksums. */
    RIGHT,

    /** It was wrong, but the sum of the pseudo-header: taken for one that was left unfinished, and finished here. */
    FINISHED_HERE
}
