package io.sallyport.port.pcap.live;

import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.LivePort;
import io.sallyport.stack.port.PortStatistics;
import io.sallyport.stack.port.PortStatistics.InterfaceState;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Both interfaces, open, with their worker. Management plane but for the transmitters; any thread. */
final class PcapLivePort implements LivePort {
    private static final Logger LOG = LoggerFactory.getLogger(PcapLivePort.class);
    private static final long HANDLER_TIMEOUT_MS = 2_000;
    private static final long STOP_TIMEOUT_MS = 5_000;

    private final PortSide lan;
    private final PortSide wan;
    private final PortWorker worker;

    private PcapLivePort(PortSide lan, PortSide wan, Readiness readiness) {
        this.lan = lan;
        this.wan = wan;
        this.worker = new PortWorker(lan, wan, readiness);
    }

    /**
     * Opens both interfaces, which are up, and starts the worker. The slot is empty.
     *
     * @throws IOException if one cannot be opened; then neither is open
     */
    static PcapLivePort open(NetworkInterfaceFile lan, NetworkInterfaceFile wan) throws IOException {
        CaptureHandle lanHandle = CaptureHandle.open(lan.name(), lan.mtu());
        @Nullable CaptureHandle wanHandle = null;
        boolean isOpen = false;
        try {
            wanHandle = CaptureHandle.open(wan.name(), wan.mtu());
            Readiness readiness = new Readiness(lanHandle.descriptor(), wanHandle.descriptor());
            PcapLivePort port = new PcapLivePort(
                    new PortSide(Side.LAN, lanHandle, lan.mtu()),
                    new PortSide(Side.WAN, wanHandle, wan.mtu()),
                    readiness);
            port.worker.start();
            isOpen = true;
            return port;
        } finally {
            if (!isOpen) {
                lanHandle.close();
                if (wanHandle != null) {
                    wanHandle.close();
                }
            }
        }
    }

    PortSide lan() {
        return lan;
    }

    PortSide wan() {
        return wan;
    }

    PortWorker worker() {
        return worker;
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
        if (!worker.setHandler(handler, HANDLER_TIMEOUT_MS)) {
            LOG.warn("the port's worker did not leave its handler within {} ms; not waiting on", HANDLER_TIMEOUT_MS);
        }
    }

    @Override
    public boolean execute(Runnable task) {
        return worker.execute(task);
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
     * Stops the worker, which closes both interfaces.
     *
     * @return false if it is stuck in its handler: the interfaces are still open
     */
    boolean close() {
        boolean isInterrupted = Thread.interrupted();
        try {
            return worker.stop(STOP_TIMEOUT_MS);
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
