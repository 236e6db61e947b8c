package io.sallyport.bench.isolation;

import io.sallyport.bench.report.Samples;
import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import org.jspecify.annotations.Nullable;

/**
 * A callout that does its work: adds up the bytes that it is shown, and says whether the first one may pass. Used by whichever
 * thread is the worker's.
 */
final class Innocent implements Callout {
    /** What the first byte of a payload is that must not pass. */
    static final int FORBIDDEN = 0xEE;

    private static final int SAMPLE_EVERY = 16;

    private Samples tookNs = new Samples();
    private long calls;
    private long sum;
    private long wrong;

    /** Forgets the times, and tells them. */
    Samples takeSamples() {
        Samples taken = tookNs;
        tookNs = new Samples();
        return taken;
    }

    /** How often it was called. */
    long calls() {
        return calls;
    }

    /** How often it was shown something else than was sent. */
    long wrong() {
        return wrong;
    }

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        boolean isSample = ++calls % SAMPLE_EVERY == 0;
        long start = isSample ? System.nanoTime() : 0;
        int first = data == null || data.lengthBytes() == 0 ? -1 : data.u8(0);
        int found = 0;
        for (int i = 0; data != null && i < data.lengthBytes(); i++) {
            found += data.u8(i);
        }
        sum += found;
        if (found != first * Load.PAYLOAD_BYTES) {
            wrong++;
        }
        if (first == FORBIDDEN) {
            out.block();
        } else {
            out.permit();
        }
        if (isSample) {
            tookNs.add(System.nanoTime() - start);
        }
    }

    @Override
    public String toString() {
        return "innocent " + sum;
    }
}
