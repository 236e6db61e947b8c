package io.sallyport.bench.net;

import java.nio.ByteBuffer;

/** Which processor a thread runs on. */
public final class Cpu {

    private Cpu() {}

    /**
     * Binds the current thread to one processor; where that is not possible, nothing happens.
     *
     * @param cpu number of the processor, taken modulo how many there are
     */
    public static void pinCurrentThread(int cpu) {
        int number = cpu % Runtime.getRuntime().availableProcessors();
        ByteBuffer mask = NativeMemory.allocate(128);
        mask.putLong(number / 64 * 8, 1L << (number % 64));
        int ignored = LibC.sched_setaffinity(0, mask.capacity(), NativeMemory.address(mask));
    }
}
