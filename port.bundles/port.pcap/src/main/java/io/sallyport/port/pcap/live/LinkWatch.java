package io.sallyport.port.pcap.live;

import io.sallyport.gateway.api.Notices;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what the worker may not: that an interface went down, came up or is gone, and that a handler threw. Follows the MTU.
 * A daemon thread of its own, a few times a second.
 */
final class LinkWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkWatch.class);
    private static final long EVERY_MS = 250;
    private static final long STOP_TIMEOUT_MS = 2_000;

    /** What an interface was at the last look. */
    private enum State {
        CONNECTED,
        NO_CARRIER,
        DOWN,
        GONE,
        MADE_AGAIN
    }

    private final PcapLivePort port;
    private final NetworkInterfaceFile[] files;
    private final PortSide[] sides;
    private final int[] indexes;
    private final State[] states;
    private final Notices notices;
    private final Thread thread = new Thread(this, "port-watch");
    private volatile boolean isStopping;
    private long failuresTold;

    LinkWatch(PcapLivePort port, NetworkInterfaceFile lan, NetworkInterfaceFile wan, Notices notices) {
        this.port = port;
        this.files = new NetworkInterfaceFile[] {lan, wan};
        this.indexes = new int[] {lan.index(), wan.index()};
        this.sides = new PortSide[] {port.lan(), port.wan()};
        this.states = new State[] {State.CONNECTED, State.CONNECTED};
        this.notices = notices;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void stop() {
        isStopping = true;
        thread.interrupt();
        try {
            thread.join(STOP_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        while (!isStopping) {
            for (int i = 0; i < files.length; i++) {
                look(i);
            }
            tellFailures();
            try {
                TimeUnit.MILLISECONDS.sleep(EVERY_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void look(int i) {
        NetworkInterfaceFile file = files[i];
        State before = states[i];
        State now = state(i);
        if (now != State.GONE && now != State.MADE_AGAIN) {
            sides[i].setMtu(file.mtu());
        }
        if (now == before) {
            return;
        }
        states[i] = now;
        String name = "interface " + file.name();
        switch (now) {
            case CONNECTED -> notices.state(name + " is connected again");
            case NO_CARRIER ->
                notices.fault(name + " has no carrier, so nothing passes; look at its cable or its peer");
            case DOWN -> notices.fault(name + " went down, so nothing passes; ip link set " + file.name() + " up");
            case GONE -> notices.fault(name + " is gone, so nothing passes; bring it back and start the gateway anew");
            case MADE_AGAIN -> notices.fault(name + " was deleted and made again; restart the gateway to use it");
        }
    }

    private State state(int i) {
        NetworkInterfaceFile file = files[i];
        if (!file.exists()) {
            return State.GONE;
        }
        if (file.index() != indexes[i]) { // the handle is of the one that was deleted
            return State.MADE_AGAIN;
        }
        if (!file.isUp()) {
            return State.DOWN;
        }
        return file.hasCarrier() ? State.CONNECTED : State.NO_CARRIER;
    }

    private void tellFailures() {
        Throwable failure = port.worker().takeFailure();
        if (failure != null) {
            long total = port.worker().failures();
            LOG.error(
                    "{} exceptions came out of the port's handler or tasks since the last one; this is the latest",
                    total - failuresTold,
                    failure);
            failuresTold = total;
        }
    }
}
