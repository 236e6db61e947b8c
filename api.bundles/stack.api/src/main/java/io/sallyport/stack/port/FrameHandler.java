package io.sallyport.stack.port;

import org.osgi.annotation.versioning.ProviderType;

/** What a port hands frames to. A port that has no handler drops. Classify plane; one thread at a time. */
@ProviderType
@FunctionalInterface
public interface FrameHandler {

    /**
     * Takes a batch and is done with its memory when it returns.
     *
     * @param side the port that the frames came in by
     * @param batch the frames, in order of arrival
     */
    void onBatch(Side side, FrameBatch batch);
}
