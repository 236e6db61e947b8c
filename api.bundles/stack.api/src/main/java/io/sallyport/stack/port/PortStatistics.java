package io.sallyport.stack.port;

/**
 * Counts of a live port.
 *
 * @param lan the inside interface
 * @param wan the outside interface
 */
public record PortStatistics(InterfaceCounts lan, InterfaceCounts wan) {

    /**
     * Counts of one interface.
     *
     * @param name of the interface
     * @param received frames taken from it
     * @param sent frames given to it; one that was cut into segments counts once
     * @param segmented frames above the MTU that were cut into segments
     * @param sendFailures frames that it did not take, too long ones included
     * @param noHandler frames dropped because the slot was empty
     * @param kernelDropped frames that the kernel dropped before we saw them, because its buffer was full
     */
    public record InterfaceCounts(
            String name,
            long received,
            long sent,
            long segmented,
            long sendFailures,
            long noHandler,
            long kernelDropped) {}
}
