package io.sallyport.port.pcap.live;

import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.LivePort;
import io.sallyport.stack.port.PortStatistics;
import io.sallyport.stack.port.PortStatistics.InterfaceState;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Both interfaces, open, with their threads. Management plane but for the transmitters; any thread. */
final class PcapLivePort implements LivePort {
    private static final Logger LOG = LoggerFactory.getLogger(PcapLivePort.class);
    private static final long HANDLER_TIMEOUT_MS = 2_000;
    private static final long STOP_TIMEOUT_MS = 5_000;

    private final PortSide lan;
    private final PortSide wan;
    private final HandlerSlot slot;
    private final PortThread lanThread;
    private final PortThread wanThread;
    private final AtomicInteger threads = new AtomicInteger(2);

    private PcapLivePort(PortSide lan, PortSide wan, Readiness lanReadiness, Readiness wanReadiness) {
        this.lan = lan;
        this.wan = wan;
        this.slot = new HandlerSlot(lan, wan);
        this.lanThread = new PortThread(lan, wan, slot, lanReadiness, true, this::threadEnded);
        this.wanThread = new PortThread(wan, lan, slot, wanReadiness, false, this::threadEnded);
    }

    /**
     * Opens both interfaces, which are up, and starts their threads. The slot is empty.
     *
     * @throws IOException if one cannot be opened; then neither is open
     */
    static PcapLivePort open(NetworkInterfaceFile lan, NetworkInterfaceFile wan) throws IOException {
        CaptureHandle lanHandle = CaptureHandle.open(lan.name(), lan.mtu());
        @Nullable CaptureHandle wanHandle = null;
        @Nullable Readiness lanReadiness = null;
        boolean isOpen = false;
        try {
            wanHandle = CaptureHandle.open(wan.name(), wan.mtu());
            lanReadiness = new Readiness(lanHandle.descriptor());
            Readiness wanReadiness = new Readiness(wanHandle.descriptor());
            PcapLivePort port = new PcapLivePort(
                    new PortSide(Side.LAN, lanHandle, lan.mtu()),
                    new PortSide(Side.WAN, wanHandle, wan.mtu()),
                    lanReadiness,
                    wanReadiness);
            port.lanThread.start();
            port.wanThread.start();
            isOpen = true;
            return port;
        } finally {
            if (!isOpen) {
                lanHandle.close();
                if (wanHandle != null) {
                    wanHandle.close();
                }
                if (lanReadiness != null) {
                    lanReadiness.close();
                }
            }
        }
    }

    /** The last one closes what both worked with, so that nothing is closed under the hands of either. */
    private void threadEnded() {
        if (threads.decrementAndGet() == 0) {
            slot.close();
            lan.handle().close();
            wan.handle().close();
        }
    }

    PortSide lan() {
        return lan;
    }

    PortSide wan() {
        return wan;
    }

    HandlerSlot slot() {
        return slot;
    }

    PortThread thread(Side side) {
        return side == Side.LAN ? lanThread : wanThread;
    }

    /** How long frames of a side were left waiting, at the longest, since the last call; 0 if never for long. */
    long takeStandstillNs() {
        return Math.max(lanThread.takeStandstillNs(), wanThread.takeStandstillNs());
    }

    @Override
    public FrameTransmitter toLan() {
        return lan;
    }

    @Override
    public FrameTransmitter toWan() {
        return wan;
    }

    @Override
    public void setHandler(@Nullable LiveHandler handler) {
        if (!slot.setHandler(handler, HANDLER_TIMEOUT_MS)) {
            LOG.warn("the port's threads did not leave the handler within {} ms; not waiting on", HANDLER_TIMEOUT_MS);
        }
    }

    @Override
    public boolean execute(Runnable task) {
        if (!slot.offer(task)) {
            return false;
        }
        lanThread.wake();
        return true;
    }

    @Override
    public boolean canReplaceThread() {
        return true;
    }

    @Override
    public void replaceThread(Runnable rest) {
        Thread inside = slot.inside();
        PortThread stuck = wanThread.thread() == inside ? wanThread : lanThread;
        if (inside == null || stuck.thread() != inside) {
            throw new IllegalStateException("no thread of the port is inside the handler");
        }
        LOG.warn("{} does not come back from the handler; another thread goes on in its place", inside.getName());
        stuck.replace(rest);
    }

    @Override
    public PortStatistics statistics() {
        return new PortStatistics(
                lan.counters.snapshot(lan.name(), shownState(lan)), wan.counters.snapshot(wan.name(), shownState(wan)));
    }

    private static InterfaceState shownState(PortSide side) {
        InterfaceState state = side.state();
        return state == InterfaceState.UP && side.isReadFailing() ? InterfaceState.FAILED : state;
    }

    /**
     * Stops both threads, which close both interfaces.
     *
     * @return false if one is stuck in the handler: the interfaces are still open
     */
    boolean close() {
        boolean isInterrupted = Thread.interrupted();
        try {
            long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_TIMEOUT_MS);
            lanThread.stop();
            wanThread.stop();
            boolean isLanEnded = lanThread.join(deadlineNs);
            return wanThread.join(deadlineNs) && isLanEnded;
        } catch (InterruptedException e) {
            isInterrupted = true;
            return false;
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
