package io.sallyport.port.pcap;

import io.sallyport.stack.port.CaptureFiles.UnreadableCaptureException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.TimestampPrecision;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.Pcaps;
import org.pcap4j.packet.namednumber.DataLinkType;

/** The door to pcap4j: what it needs around its calls, and its failures in words for people. */
final class LibPcap {
    /** What libpcap itself takes for the largest frame of a capture. */
    static final int MAX_FRAME_BYTES = 262_144;

    /** Number of Ethernet among the link types. */
    static final int ETHERNET = DataLinkType.EN10MB.value();

    private static final String MISSING =
            "libpcap cannot be loaded; install the Debian package libpcap0.8 (apt-get install libpcap0.8)";

    /** How pcap4j puts it, when its first call finds no library or a very old one. */
    private static final String FUNCTION_MISSING = "pcap_open_offline_with_tstamp_precision is not supported";

    private LibPcap() {}

    /**
     * Opens a capture.
     *
     * @param readable what libpcap is to read
     * @param named how the user knows it
     */
    static PcapHandle openOffline(Path readable, Path named) throws IOException {
        // Absolute: libpcap takes "-" for stdin.
        String path = readable.toAbsolutePath().toString();
        PcapHandle handle;
        try {
            handle = inOwnClassLoader(() -> Pcaps.openOffline(path, TimestampPrecision.NANO));
        } catch (PcapNativeException e) {
            if (reason(e).startsWith(FUNCTION_MISSING)) {
                throw new IOException(named + ": " + MISSING, e);
            }
            throw new UnreadableCaptureException(named + ": " + explainOpening(reason(e)));
        } catch (LinkageError e) {
            throw new IOException(named + ": " + MISSING, e);
        }
        DataLinkType linkType = handle.getDlt();
        if (!DataLinkType.EN10MB.equals(linkType)) {
            handle.close();
            throw new UnreadableCaptureException(named + ": has link type " + linkType.name() + " (" + linkType.value()
                    + "); only Ethernet captures can be replayed");
        }
        return handle;
    }

    /** A handle that only knows the format of what is written: Ethernet, microseconds. */
    static PcapHandle openForWriting(Path file) throws IOException {
        try {
            return inOwnClassLoader(() -> Pcaps.openDead(DataLinkType.EN10MB, MAX_FRAME_BYTES));
        } catch (PcapNativeException e) {
            throw new IOException("cannot write " + file + ": " + reason(e), e);
        } catch (LinkageError e) {
            throw new IOException("cannot write " + file + ": " + MISSING, e);
        }
    }

    /** libpcap's own words without pcap4j's. */
    static String reason(PcapNativeException failure) {
        String message = String.valueOf(failure.getMessage());
        int end = message.indexOf("(): ");
        return end < 0 ? message : message.substring(end + "(): ".length());
    }

    private static String explainOpening(String reason) {
        if (reason.contains("unknown file format")) {
            return "is no capture; pcap and pcapng can be replayed, each also gzipped";
        }
        if (reason.contains("truncated")) {
            return "is cut in its file header; copy it again";
        }
        return "cannot be read as a capture: " + reason;
    }

    /** pcap4j looks its parts up through the context class loader, and remembers for good what it finds at first. */
    private static <T> T inOwnClassLoader(NativeCall<T> call) throws PcapNativeException {
        Thread thread = Thread.currentThread();
        @Nullable ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(PcapHandle.class.getClassLoader());
        try {
            return call.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @FunctionalInterface
    private interface NativeCall<T> {
        T run() throws PcapNativeException;
    }
}
