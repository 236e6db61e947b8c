package io.sallyport.callout.testkit.gateway;

import io.sallyport.callout.Callout;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One real gateway without a framework, as {@link TestGateway} sees it. For one thread at a time: whoever calls {@link #frame}
 * is the worker. Vendors do not call this.
 */
@ProviderType
public interface GatewayUnderTest extends AutoCloseable {

    /**
     * Registers a callout as its bundle would (CALL-1).
     *
     * @param key its name
     * @param flags bits of {@link io.sallyport.callout.CalloutFlags}
     * @param callout an instance of this gateway's own
     * @throws PolicyException if another one has that name
     */
    void register(String key, int flags, Callout callout) throws PolicyException;

    /**
     * Unregisters a callout as the end of its bundle would (CALL-8).
     *
     * @param key its name
     * @return false if it did not get out in time and was fenced off
     * @throws PolicyException if there is none
     */
    boolean unregister(String key) throws PolicyException;

    /**
     * Has a new instance take over between two packets, as an update of its bundle would.
     *
     * @param key its name
     * @param flags of the new one
     * @param callout the new one
     * @return how many contexts were handed over
     * @throws PolicyException if there is none to take over from
     */
    long update(String key, int flags, Callout callout) throws PolicyException;

    /**
     * Puts a policy file in force.
     *
     * @param policy the file
     * @return what is wrong with it, a line each; empty: it is in force
     * @throws IOException if it cannot be read
     */
    List<String> apply(Path policy) throws IOException;

    /**
     * Adds the objects of a document to what is in force.
     *
     * @param name for messages
     * @param text YAML
     * @return what is wrong with it, a line each; empty: they are in force
     */
    List<String> add(String name, String text);

    /**
     * Opens the session that a plug-in gets as a service.
     *
     * @param owner symbolic name of the bundle
     * @return a dynamic session; what is added dies with it
     * @throws PolicyException if there are too many
     */
    OwnedSession openSession(String owner) throws PolicyException;

    /** A plug-in's session, and its end. */
    @ProviderType
    interface OwnedSession extends PolicySession, AutoCloseable {
        @Override
        void close();
    }

    /**
     * All policy objects there are.
     *
     * @return in order of addition, built-in ones included
     */
    List<PolicyObjectNote> objects();

    /**
     * Hands a frame in. What becomes of it is told to the listener before this returns, unless it is held.
     *
     * @param side the port that it comes in by
     * @param frame from its destination MAC address on
     * @param wireLengthBytes its length on the wire; more than the array has if it was cut
     * @param flags of the port
     * @param timestampNs when
     */
    void frame(Side side, byte[] frame, int wireLengthBytes, int flags, long timestampNs);

    /**
     * Lets time pass.
     *
     * @param nowNs the clock that also stamps the frames
     */
    void advanceTo(long nowNs);

    /**
     * Where all frames are.
     *
     * @return the books, which balance
     */
    Books books();

    /**
     * What the engine counted about a callout.
     *
     * @param key its name
     * @return zeros if it was never called
     */
    CalloutCounts counts(String key);

    /**
     * Reads a capture: pcap or pcapng, also gzipped.
     *
     * @param capture the file
     * @param reader gets each frame
     * @throws IOException if it cannot be read; the message names the file
     */
    void read(Path capture, CaptureReader reader) throws IOException;

    /**
     * Writes a capture.
     *
     * @param capture is replaced if it exists
     * @param frames in order
     * @throws IOException if it cannot be written
     */
    void write(Path capture, List<byte[]> frames) throws IOException;

    @Override
    void close();

    /** Hears what happens, on the thread that called. */
    interface Listener {
        /**
         * A frame left.
         *
         * @param frame with a copy of its bytes
         */
        void emitted(EmittedFrame frame);

        /**
         * The path told something.
         *
         * @param event about a frame
         */
        void event(GatewayEvent event);
    }

    /** Takes the frames of a capture. */
    @FunctionalInterface
    interface CaptureReader {
        /**
         * Takes one frame.
         *
         * @param frame a copy
         * @param wireLengthBytes its length on the wire
         * @param flags of the port
         * @param timestampNs since 1970
         */
        void frame(byte[] frame, int wireLengthBytes, int flags, long timestampNs);
    }

    /**
     * The balance: framesIn + injected = framesOut + dropped + absorbed + held.
     *
     * @param framesIn handed in
     * @param injected made by the gateway or by callouts
     * @param framesOut left
     * @param dropped for whatever reason
     * @param absorbed taken by a callout, or delivered in other frames
     * @param held now
     * @param flows in the flow table now
     */
    record Books(long framesIn, long injected, long framesOut, long dropped, long absorbed, long held, int flows) {}

    /**
     * The engine's counts of one callout.
     *
     * @param calls classify calls that returned
     * @param faults exceptions and answers that make no sense
     * @param ignoredAnswers answers without effect, e.g. a permit without the write right
     * @param firstFault the first fault in a line; empty without one
     */
    record CalloutCounts(long calls, long faults, long ignoredAnswers, String firstFault) {}

    /**
     * A policy object, as far as tests of good behaviour look at it.
     *
     * @param type e.g. {@code filter}
     * @param key its GUID
     * @param name display name
     * @param provider name of its provider; empty if it has none
     * @param layer of a filter, else empty
     * @param sublayer of a filter: its sublayer's name, else empty
     * @param sublayerProvider of a filter: the provider of that sublayer, else empty
     * @param action of a filter, by policy name, else empty
     * @param isBuiltin it was there before anybody
     * @param content everything that it says
     * @param security who may do what with it
     */
    record PolicyObjectNote(
            String type,
            String key,
            String name,
            String provider,
            String layer,
            String sublayer,
            String sublayerProvider,
            String action,
            boolean isBuiltin,
            String content,
            String security) {}
}
