package io.sallyport.bench.relay;

import io.sallyport.bench.net.PacketSocket;
import io.sallyport.bench.relay.Mischief.Rates;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Hands frames from each of two interfaces to the other, and does mischief on the way. The interfaces must be up, with
 * segmentation, receive and checksum offloads off at both ends of each link: what is no frame of a wire cannot be damaged
 * like one. Such frames are passed on and counted as unfinished.
 *
 * <p>Runs on the thread that calls {@link #run}, in the namespace of that thread. {@link #stop} may be called by any.
 */
public final class Relay {
    private static final int WAIT_MS = 1;
    private static final int DRAIN_MS = 50;

    private final String oneName;
    private final String otherName;
    private final Rates rates;
    private final long seed;
    private volatile boolean isStopping;
    private volatile boolean isRunning;
    private Map<String, Object> figures = new LinkedHashMap<>();

    /**
     * Makes a relay; nothing is opened yet.
     *
     * @param oneName an interface
     * @param otherName another
     * @param rates what happens, in both directions
     * @param seed what it depends on; the directions draw for themselves
     */
    public Relay(String oneName, String otherName, Rates rates, long seed) {
        this.oneName = oneName;
        this.otherName = otherName;
        this.rates = rates;
        this.seed = seed;
    }

    /**
     * Relays until {@link #stop}; frames that are held then still leave.
     *
     * @throws IOException if an interface cannot be opened
     */
    public void run() throws IOException {
        try (PacketSocket one = PacketSocket.open(oneName);
                PacketSocket other = PacketSocket.open(otherName)) {
            RelayLine forth = new RelayLine(one, other, new Mischief(rates, seed));
            RelayLine back = new RelayLine(other, one, new Mischief(rates, ~seed));
            PacketSocket.Wait wait = new PacketSocket.Wait(one, other);
            isRunning = true;
            while (!isStopping) {
                carry(forth, back, wait);
            }
            long until = System.nanoTime() + DRAIN_MS * 1_000_000L;
            while (System.nanoTime() - until < 0) {
                carry(forth, back, wait);
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put(oneName + "To" + otherName, forth.figures());
            result.put(otherName + "To" + oneName, back.figures());
            setFigures(result);
        }
    }

    private static void carry(RelayLine forth, RelayLine back, PacketSocket.Wait wait) {
        boolean hasCarried = forth.carry();
        hasCarried |= back.carry();
        if (!hasCarried) {
            wait.await(WAIT_MS);
        }
    }

    /** Ends {@link #run} soon. */
    public void stop() {
        isStopping = true;
    }

    /**
     * Tells whether both interfaces are open.
     *
     * @return true from then on
     */
    public boolean isRunning() {
        return isRunning;
    }

    private synchronized void setFigures(Map<String, Object> result) {
        figures = result;
    }

    /**
     * What happened to the frames, by direction.
     *
     * @return empty before {@link #run} has ended
     */
    public synchronized Map<String, Object> figures() {
        return figures;
    }
}
