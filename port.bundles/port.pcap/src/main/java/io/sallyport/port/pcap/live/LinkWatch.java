package io.sallyport.port.pcap.live;

import io.sallyport.gateway.api.Notices;
import io.sallyport.port.pcap.live.StartChecks.Problem;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to what the port's threads may not: follows both interfaces, keeps the guard, and tells that a handler threw or that
 * a thread stood still. A daemon thread of its own, which the kernel wakes; it looks by itself too, twenty times a second.
 */
final class LinkWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkWatch.class);
    private static final int EVERY_MS = 50;
    private static final long GUARD_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long GUARD_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long STOP_TIMEOUT_MS = 2_000;

    private final PcapLivePort port;
    private final HostSettings settings;
    private final InterfaceClaim claim;
    private final boolean isForced;
    private final Notices notices;
    private final LinkFollower lan;
    private final LinkFollower wan;
    private final Thread thread = new Thread(this, "port-watch");
    private volatile boolean isStopping;
    private long guardDueNs;
    private boolean isGuardFaultTold;
    private boolean isUnequalTold;
    private long failuresTold;

    LinkWatch(
            PcapLivePort port,
            NetworkInterfaceFile lan,
            NetworkInterfaceFile wan,
            HostSettings settings,
            InterfaceClaim claim,
            boolean isForced,
            Notices notices) {
        this.port = port;
        this.settings = settings;
        this.claim = claim;
        this.isForced = isForced;
        this.notices = notices;
        long nowNs = System.nanoTime();
        this.lan = new LinkFollower(port.lan(), lan, opener(port.lan()), notices, nowNs);
        this.wan = new LinkFollower(port.wan(), wan, opener(port.wan()), notices, nowNs);
        this.isUnequalTold = lan.mtu() != wan.mtu();
        this.guardDueNs = nowNs + GUARD_NS;
        thread.setDaemon(true);
    }

    private LinkFollower.Opener opener(PortSide side) {
        return new LinkFollower.Opener() {
            @Override
            public void adopt(NetworkInterfaceFile made, int deleted) throws IOException {
                refuseShared(made);
                claim.add(made);
                guardAnew();
                settings.adopt(made, deleted);
            }

            @Override
            public void open(NetworkInterfaceFile file, int mtu) throws IOException {
                int index = file.index();
                CaptureHandle handle = CaptureHandle.open(file.name(), mtu);
                boolean isOurs = file.index() == index;
                if (!isOurs || !port.thread(side.side).replaceHandle(handle)) {
                    handle.close();
                    throw new IOException(isOurs ? "the port's thread has no time" : "it was made again meanwhile");
                }
            }
        };
    }

    private void refuseShared(NetworkInterfaceFile made) throws IOException {
        StartChecks checks = new StartChecks(made.root(), settings.guard(), () -> null);
        List<Problem> problems = checks.runAgain(made, isForced);
        if (!problems.isEmpty()) {
            throw new IOException(problems.stream().map(Problem::line).collect(Collectors.joining("; ")));
        }
    }

    void start() {
        thread.start();
    }

    /** Ends the watch; it is not interrupted, since a file that could not be read for that looks like a fault. */
    void stop() {
        isStopping = true;
        try {
            thread.join(STOP_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try (KernelNews news = KernelNews.open()) {
            while (!isStopping) {
                long nowNs = System.nanoTime();
                lan.look(nowNs);
                wan.look(nowNs);
                keepGuard(news, nowNs);
                tellUnequalMtus();
                tellFailures();
                news.await(EVERY_MS);
            }
        }
    }

    /** A name that came or went asks for it; somebody who deleted or changed the table asks for it too. */
    private void keepGuard(KernelNews news, long nowNs) {
        boolean isLanNamedAnew = lan.takeNamedAnew();
        boolean isNamedAnew = wan.takeNamedAnew() || isLanNamedAnew;
        boolean isChanged = news.takeTablesChanged();
        if (!isNamedAnew && !isChanged && nowNs - guardDueNs < 0) {
            return;
        }
        guardDueNs = nowNs + GUARD_NS;
        try {
            if (isNamedAnew) {
                guardAnew();
            } else if (!settings.isGuardIntact()) {
                guardAnew();
                notices.fault("nft table netdev " + settings.guard().table()
                        + " was changed or deleted by somebody; it is there again");
            }
            isGuardFaultTold = false;
        } catch (IOException e) {
            guardDueNs = nowNs + GUARD_AGAIN_NS;
            if (!isGuardFaultTold) {
                notices.fault(e.getMessage() + "; the host's own stack may see frames of the two interfaces");
                isGuardFaultTold = true;
            }
        }
    }

    private void guardAnew() throws IOException {
        settings.guardAnew(lan.presentName(), wan.presentName());
    }

    private void tellUnequalMtus() {
        int lanMtu = port.lan().mtu();
        int wanMtu = port.wan().mtu();
        boolean areUnequal = lanMtu != wanMtu;
        if (areUnequal && !isUnequalTold) {
            notices.fault(
                    HostSettings.unequal(lan.file().name(), lanMtu, wan.file().name(), wanMtu));
        }
        isUnequalTold = areUnequal;
    }

    private void tellFailures() {
        long standstillNs = port.takeStandstillNs();
        if (standstillNs > 0) {
            notices.fault("the gateway took no frames for " + TimeUnit.NANOSECONDS.toMillis(standstillNs)
                    + " ms: its process was stopped or starved, or a plug-in held it up; nothing passed meanwhile");
        }
        Throwable failure = port.slot().takeFailure();
        if (failure != null) {
            long total = port.slot().failures();
            LOG.error(
                    "{} exceptions came out of the port's handler or tasks since the last one; this is the latest",
                    total - failuresTold,
                    failure);
            failuresTold = total;
        }
    }
}
