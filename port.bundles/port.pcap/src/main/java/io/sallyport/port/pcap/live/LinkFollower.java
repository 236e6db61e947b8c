package io.sallyport.port.pcap.live;

import io.sallyport.gateway.api.Notices;
import io.sallyport.stack.port.PortStatistics.InterfaceState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Follows one interface through what may happen to it: down and up, a new name, another MTU or MAC address, deleted and made
 * again. Says at each look whether the side may pass frames. An interface that was made again is only opened when it is kept
 * from the host's own stack and set up like the one before. For the watch's thread.
 */
final class LinkFollower {
    private static final long AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(500);

    /** What is done about an interface that is to be opened. */
    interface Opener {

        /**
         * Guards and sets up an interface that came in place of another.
         *
         * @throws IOException if it may not, or cannot, be used
         */
        void adopt(NetworkInterfaceFile made, int deleted) throws IOException;

        /**
         * Opens an interface and hands it to the worker.
         *
         * @throws IOException if it cannot be opened
         */
        void open(NetworkInterfaceFile file, int mtu) throws IOException;
    }

    private final PortSide side;
    private final Opener opener;
    private final Notices notices;
    private final Path root;
    private final String configuredName;

    private NetworkInterfaceFile file;
    /** Of the interface that is, or was last, open. */
    private int index;

    private int mtu;
    private int openMtu;
    private String mac;
    private boolean isNamedAnew;
    private InterfaceState state = InterfaceState.UP;
    private @Nullable String problem;
    private long openAgainNs;
    /** When reading began to fail; {@link #isFailing} tells whether it does. */
    private long failingNs;

    private boolean isFailing;

    LinkFollower(PortSide side, NetworkInterfaceFile file, Opener opener, Notices notices, long nowNs) {
        this.side = side;
        this.file = file;
        this.opener = opener;
        this.notices = notices;
        this.root = file.root();
        this.configuredName = file.name();
        this.index = file.index();
        this.mtu = side.mtu();
        this.openMtu = mtu;
        this.mac = file.macAddress();
        this.openAgainNs = nowNs;
    }

    /** The name of the interface, null while there is none. */
    @Nullable String presentName() {
        return file.exists() ? file.name() : null;
    }

    NetworkInterfaceFile file() {
        return file;
    }

    /** Tells whether the guard must be made anew since the last call: a name came or went. */
    boolean takeNamedAnew() {
        boolean was = isNamedAnew;
        isNamedAnew = false;
        return was;
    }

    /** Looks at the interface, tells what changed, and lets the side pass frames or not. */
    void look(long nowNs) {
        boolean isMadeAgain = find();
        InterfaceState now = isMadeAgain ? InterfaceState.FAILED : present();
        if (isMadeAgain) {
            openMadeAgain(nowNs);
        } else if (now != InterfaceState.GONE) {
            followMtu();
            followMac();
            if (now == InterfaceState.UP && mustReopen(nowNs)) {
                now = InterfaceState.FAILED;
                reopen(nowNs);
            }
        }
        side.setState(now);
        if (now != state) {
            if (now == InterfaceState.GONE || state == InterfaceState.GONE) {
                isNamedAnew = true;
            }
            state = now;
            tell(now);
        }
    }

    /**
     * Finds the interface by its number, else another one by its name.
     *
     * @return true if it is another one
     */
    private boolean find() {
        if (file.index() == index) {
            return false;
        }
        NetworkInterfaceFile renamed = NetworkInterfaceFile.byIndex(index, root);
        if (renamed != null && renamed.name().equals(file.name())) {
            return false; // it could not be read a moment ago
        }
        if (renamed != null) {
            notices.state("interface " + file.name() + " is called " + renamed.name() + " now");
            file = renamed;
            side.setName(renamed.name());
            isNamedAnew = true;
            return false;
        }
        for (String name : List.of(file.name(), configuredName)) {
            NetworkInterfaceFile made = new NetworkInterfaceFile(name, root);
            if (made.exists() && made.index() != index) {
                file = made;
                side.setName(name);
                return true;
            }
        }
        return false;
    }

    private InterfaceState present() {
        if (!file.exists()) {
            return InterfaceState.GONE;
        }
        if (!file.isUp()) {
            return InterfaceState.DOWN;
        }
        return file.hasCarrier() ? InterfaceState.UP : InterfaceState.NO_CARRIER;
    }

    private void followMtu() {
        int now = file.mtu();
        if (now != mtu) {
            notices.state("interface " + file.name() + ": the MTU is " + now + " now, it was " + mtu);
            mtu = now;
            side.setMtu(now);
        }
    }

    private void followMac() {
        String now = file.macAddress();
        if (!now.isEmpty() && !now.equals(mac)) {
            notices.state("interface " + file.name() + ": the MAC address is " + now + " now, it was " + mac);
            mac = now;
        }
    }

    /** An interface that is up and cannot be read for a while, or brings frames that the handle has no room for. */
    private boolean mustReopen(long nowNs) {
        boolean wasFailing = isFailing;
        isFailing = side.isReadFailing();
        if (isFailing && !wasFailing) {
            failingNs = nowNs;
        }
        return mtu > openMtu || (isFailing && nowNs - failingNs >= AGAIN_NS);
    }

    private void openMadeAgain(long nowNs) {
        if (nowNs - openAgainNs < 0) {
            return;
        }
        int made = file.index();
        side.setState(InterfaceState.FAILED); // before the first of its frames can be taken
        try {
            opener.adopt(file, index);
            mtu = file.mtu();
            opener.open(file, mtu);
            side.setMtu(mtu);
            opened(made);
            mac = file.macAddress();
            notices.state(
                    "interface " + file.name() + " was deleted and made again; it is guarded, set up and open again");
        } catch (IOException e) {
            failed(e, nowNs);
        }
    }

    private void reopen(long nowNs) {
        if (nowNs - openAgainNs < 0) {
            return;
        }
        // Both stop first: what the handle of now still has must not pass twice.
        side.setState(InterfaceState.FAILED);
        try {
            opener.open(file, mtu);
            opened(index);
            notices.state("interface " + file.name() + " was opened anew, for an MTU of " + mtu);
        } catch (IOException e) {
            failed(e, nowNs);
        }
    }

    private void opened(int number) {
        index = number;
        openMtu = mtu;
        isFailing = false;
        problem = null;
    }

    private void failed(IOException e, long nowNs) {
        openAgainNs = nowNs + AGAIN_NS;
        String reason = String.valueOf(e.getMessage());
        if (!reason.equals(problem)) {
            problem = reason;
            notices.fault("interface " + file.name() + " cannot be used yet, so nothing passes: " + reason);
        }
    }

    private void tell(InterfaceState now) {
        String name = "interface " + file.name();
        switch (now) {
            case UP -> notices.state(name + " is connected again");
            case NO_CARRIER ->
                notices.fault(name + " has no carrier, so nothing passes; look at its cable or its peer");
            case DOWN -> notices.fault(name + " went down, so nothing passes; ip link set " + file.name() + " up");
            case GONE -> notices.fault(name + " is gone, so nothing passes; it is used again when it is back");
            case FAILED -> {} // whoever failed has told why
        }
    }
}
