package io.sallyport.replay;

import io.sallyport.replay.ReplayPlan.Capture;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.port.CaptureFiles.CaptureSink;
import io.sallyport.stack.port.CaptureFiles.CaptureSource;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameHandler;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sends captures through gateways, one each. */
final class CaptureJudge {
    private final GatewayServices services;
    private final ReplaySettings settings;
    private final EventLog events;

    CaptureJudge(GatewayServices services, ReplaySettings settings, EventLog events) {
        this.services = services;
        this.settings = settings;
        this.events = events;
    }

    /** Judges a capture; what cannot be read is in the result, what cannot be written is thrown. */
    CaptureResult judge(Capture capture) throws ReplayException {
        CaptureResult result;
        try (CaptureSource source = services.captureFiles().open(capture.input())) {
            result = capture.output() == null
                    ? judge(capture, source, new Nowhere())
                    : judgeInto(capture, source, capture.output());
        } catch (IOException e) {
            result = new CaptureResult(capture.name(), CaptureResult.NOTHING, reason(capture, e), "", new TreeMap<>());
        }
        if (result.unreadable() != null) {
            events.unreadable(capture.name(), result.unreadable());
        } else if (!result.remark().isEmpty()) {
            events.remark(capture.name(), result.remark());
        }
        return result;
    }

    private CaptureResult judgeInto(Capture capture, CaptureSource source, Path output) throws ReplayException {
        try (OutputFile file = OutputFile.prepare(output)) {
            CaptureResult result;
            try (CaptureSink sink = services.captureFiles().create(file.temporary())) {
                result = judge(capture, source, sink);
            } catch (IOException e) {
                throw file.failed(e);
            }
            file.commit();
            return result;
        }
    }

    private CaptureResult judge(Capture capture, CaptureSource source, FrameTransmitter transmitter)
            throws ReplayException {
        try (Gateway gateway = Gateway.create(services)) {
            gateway.applyAgain(settings.policy());
            try (DataPath path = services.dataPaths()
                    .create(settings.config(), gateway.engine(), events, transmitter, transmitter)) {
                events.begin(capture.name(), gateway.revision());
                Clock clock = new Clock(path.handler());
                String unreadable = null;
                try {
                    while (source.deliver(clock) > 0) {
                        // each call hands over one batch
                    }
                } catch (IOException e) {
                    unreadable = reason(capture, e);
                }
                Ledger ledger = path.ledger();
                events.end(clock.lastNs, gateway.revision());
                return new CaptureResult(
                        capture.name(),
                        ledger,
                        unreadable,
                        source.remark(),
                        new TreeMap<>(gateway.engine().statistics().callouts()));
            }
        }
    }

    /** Messages start with the file, which events and results name anyway. */
    private static String reason(Capture capture, IOException e) {
        String reason = Reasons.of(e);
        String prefix = capture.name() + ": ";
        return reason.startsWith(prefix) ? reason.substring(prefix.length()) : reason;
    }

    /** Keeps the time of the last frame. */
    private static final class Clock implements FrameHandler {
        private final FrameHandler next;
        private @Nullable Long lastNs;

        Clock(FrameHandler next) {
            this.next = next;
        }

        @Override
        public void onBatch(Side side, FrameBatch batch) {
            next.onBatch(side, batch);
            if (batch.count() > 0) {
                lastNs = batch.timestampNs(batch.count() - 1);
            }
        }
    }

    /** Where frames go that nobody wants to have. */
    private static final class Nowhere implements FrameTransmitter {
        @Override
        public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
            return true;
        }

        @Override
        public void flush() {
            // nothing is queued
        }
    }
}
