package io.sallyport.stack.port;

import java.io.IOException;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/** OSGi service of the pcap port: capture files as ports. Management plane to open and close; safe for use by any thread. */
@ProviderType
public interface CaptureFiles {

    /**
     * Opens a capture: pcap with micro- or nanoseconds in either byte order, pcapng, each also gzipped.
     *
     * @param file the capture
     * @return a source, positioned before the first frame
     * @throws UnreadableCaptureException if it is no such file, is damaged, or holds another link type than Ethernet
     * @throws IOException if it cannot be read at all
     */
    CaptureSource open(Path file) throws IOException;

    /**
     * Creates a microsecond Ethernet pcap.
     *
     * @param file is replaced if it exists
     * @return a sink
     * @throws IOException if it cannot be written
     */
    CaptureSink create(Path file) throws IOException;

    /** A capture that is being read; for one thread. */
    interface CaptureSource extends AutoCloseable {

        /**
         * Hands the next frames to a handler.
         *
         * @param handler gets at most one batch, with side {@link Side#UNKNOWN}
         * @return how many frames; 0 at the end
         * @throws UnreadableCaptureException if the file is damaged here; the frames before it were handed over
         * @throws IOException if the file cannot be read on
         */
        int deliver(FrameHandler handler) throws IOException;

        /**
         * What the file holds beside its frames: bytes behind the last one that form no frame. Known at the end.
         *
         * @return a remark for people; empty if there is nothing to remark
         */
        String remark();

        @Override
        void close();
    }

    /** A capture that is being written; for one thread. Write errors are kept and thrown by {@link #close}. */
    interface CaptureSink extends FrameTransmitter, AutoCloseable {

        /**
         * Finishes the file.
         *
         * @throws IOException if this or an earlier write failed
         */
        @Override
        void close() throws IOException;
    }

    /** The input is no capture that can be replayed; the message says why. */
    final class UnreadableCaptureException extends IOException {
        private static final long serialVersionUID = 1L;

        /**
         * Refuses a file.
         *
         * @param message file and reason
         */
        public UnreadableCaptureException(String message) {
            super(message);
        }
    }
}
