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
     * @param linkFailed frames taken and dropped while this interface or the other one had failed
     * @param state whether frames can come in and leave by it; unless both interfaces are up, nothing passes by either
     */
    public record InterfaceCounts(
            String name,
            long received,
            long sent,
            long segmented,
            long sendFailures,
            long noHandler,
            long kernelDropped,
            long linkFailed,
            InterfaceState state) {}

    /** What an interface of a live port is. */
    public enum InterfaceState {
        /** Frames come in and leave. */
        UP("up"),
        /** Its cable is out, or its peer is off. */
        NO_CARRIER("no-carrier"),
        /** Somebody switched it off. */
        DOWN("down"),
        /** It was deleted. */
        GONE("gone"),
        /** It is there, but cannot be read from, or not be kept from the host's own stack. */
        FAILED("failed");

        private final String label;

        InterfaceState(String label) {
            this.label = label;
        }

        /**
         * The name in statistics and in the shell.
         *
         * @return lower case with hyphens
         */
        public String label() {
            return label;
        }
    }
}
