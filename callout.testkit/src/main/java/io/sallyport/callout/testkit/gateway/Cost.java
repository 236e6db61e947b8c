package io.sallyport.callout.testkit.gateway;

/**
 * What the callout under test took for itself, its {@code classify} only. Figures to look at: on a shared machine, and before
 * the JIT compiler is done, they are what they are. Allocation is exact once the code is warm, and is what the callout should
 * keep at nothing.
 *
 * @param calls classify calls
 * @param nanoseconds in all of them
 * @param allocatedBytes in all of them; -1 if this JVM does not count
 */
public record Cost(long calls, long nanoseconds, long allocatedBytes) {

    /**
     * Time for each call.
     *
     * @return nanoseconds, 0 without calls
     */
    public double nanosecondsPerCall() {
        return calls == 0 ? 0 : (double) nanoseconds / calls;
    }

    /**
     * Allocation for each call.
     *
     * @return bytes, 0 without calls
     */
    public double bytesPerCall() {
        return calls == 0 ? 0 : (double) allocatedBytes / calls;
    }

    Cost minus(Cost before) {
        return new Cost(
                calls - before.calls,
                nanoseconds - before.nanoseconds,
                allocatedBytes < 0 ? -1 : allocatedBytes - before.allocatedBytes);
    }
}
