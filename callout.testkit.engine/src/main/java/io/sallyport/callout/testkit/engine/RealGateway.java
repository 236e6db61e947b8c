package io.sallyport.callout.testkit.engine;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyReport.Problem;
import io.sallyport.bfe.api.PolicyReport.Severity;
import io.sallyport.bfe.internal.session.PolicySessionImpl;
import io.sallyport.callout.Callout;
import io.sallyport.callout.testkit.gateway.EmittedFrame;
import io.sallyport.callout.testkit.gateway.GatewayUnderTest;
import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.policy.PolicyException;
import io.sallyport.port.pcap.CaptureFilesComponent;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.port.CaptureFiles.CaptureSink;
import io.sallyport.stack.port.CaptureFiles.CaptureSource;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** The real gateway of one test. */
final class RealGateway extends RealPath implements GatewayUnderTest {
    private final EventTeller teller;
    private final Transmitter toLan;
    private final Transmitter toWan;
    private final PolicyNotes notes;
    private final OneFrame in = new OneFrame();

    private RealGateway(DataPathConfig config, EventTeller teller, Transmitter toLan, Transmitter toWan) {
        super("test", config, teller, toLan, toWan);
        this.teller = teller;
        this.toLan = toLan;
        this.toWan = toWan;
        this.notes = new PolicyNotes(bfe());
    }

    static RealGateway create(boolean verifiesChecksums, Listener listener) {
        DataPathConfig config =
                DataPathConfig.defaults().withChecksums(verifiesChecksums ? Checksums.VERIFY : Checksums.IGNORE);
        return new RealGateway(
                config,
                new EventTeller(listener),
                new Transmitter(io.sallyport.callout.testkit.gateway.Side.LAN, listener),
                new Transmitter(io.sallyport.callout.testkit.gateway.Side.WAN, listener));
    }

    @Override
    public void register(String key, int flags, Callout callout) throws PolicyException {
        engine().register(key, flags, callout);
    }

    @Override
    public boolean unregister(String key) throws PolicyException {
        return engine().unregister(key);
    }

    @Override
    public long update(String key, int flags, Callout callout) throws PolicyException {
        return engine().update(key, flags, callout).handedOver();
    }

    @Override
    public List<String> apply(Path policy) throws IOException {
        return problems(bfe().policyFiles().apply(policy));
    }

    @Override
    public List<String> add(String name, String text) {
        return problems(bfe().policyFiles().add(name, text));
    }

    private static List<String> problems(PolicyReport report) {
        return report.problems().stream()
                .filter(problem -> problem.severity() == Severity.ERROR)
                .map(Problem::format)
                .toList();
    }

    @Override
    public OwnedSession openSession(String owner) throws PolicyException {
        PolicySessionImpl session = new PolicySessionImpl(bfe(), owner);
        return new OwnedSession() {
            @Override
            public void apply(Change change) throws PolicyException {
                session.apply(change);
            }

            @Override
            public void close() {
                session.close();
            }
        };
    }

    @Override
    public List<PolicyObjectNote> objects() {
        return notes.all();
    }

    @Override
    public void frame(
            io.sallyport.callout.testkit.gateway.Side side,
            byte[] frame,
            int wireLengthBytes,
            int flags,
            long timestampNs) {
        Side from = switch (side) {
            case LAN -> Side.LAN;
            case WAN -> Side.WAN;
            case UNKNOWN -> Side.UNKNOWN;
        };
        path().handler().onBatch(from, in.holding(frame, wireLengthBytes, flags, timestampNs));
    }

    @Override
    public void advanceTo(long nowNs) {
        path().advanceTo(nowNs);
    }

    @Override
    public Books books() {
        Ledger ledger = path().ledger();
        return new Books(
                ledger.framesIn(),
                ledger.injected(),
                ledger.framesOut(),
                ledger.droppedTotal(),
                ledger.absorbed(),
                ledger.pended(),
                path().flowCount());
    }

    @Override
    public CalloutCounts counts(String key) {
        EngineStatistics.CalloutCounts counts = engine().statistics().callouts().get(key);
        return counts == null
                ? new CalloutCounts(0, 0, 0, "")
                : new CalloutCounts(counts.calls(), counts.faults(), counts.ignoredAnswers(), counts.firstFault());
    }

    @Override
    public void read(Path capture, CaptureReader reader) throws IOException {
        try (CaptureSource source = new CaptureFilesComponent().open(capture)) {
            while (source.deliver((side, batch) -> copy(batch, reader)) > 0) {
                // each call hands over one batch
            }
        }
    }

    private static void copy(FrameBatch batch, CaptureReader reader) {
        for (int i = 0; i < batch.count(); i++) {
            byte[] frame = new byte[batch.lengthBytes(i)];
            batch.memory().get(batch.offset(i), frame);
            reader.frame(frame, batch.wireLengthBytes(i), batch.flags(i), batch.timestampNs(i));
        }
    }

    @Override
    public void write(Path capture, List<byte[]> frames) throws IOException {
        try (CaptureSink sink = new CaptureFilesComponent().create(capture)) {
            for (byte[] frame : frames) {
                ByteBuffer memory = ByteBuffer.allocateDirect(frame.length);
                memory.put(0, frame);
                sink.transmit(memory, 0, frame.length, 0);
            }
            sink.flush();
        }
    }

    @Override
    public void close() {
        teller.silence();
        toLan.isSilent = true;
        toWan.isSilent = true;
        super.close();
    }

    /** Shows what leaves by one port. */
    private static final class Transmitter implements FrameTransmitter {
        private final io.sallyport.callout.testkit.gateway.Side side;
        private final Listener listener;
        private boolean isSilent;

        Transmitter(io.sallyport.callout.testkit.gateway.Side side, Listener listener) {
            this.side = side;
            this.listener = listener;
        }

        @Override
        public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
            if (!isSilent) {
                byte[] frame = new byte[lengthBytes];
                memory.get(offset, frame);
                listener.emitted(new EmittedFrame(side, frame));
            }
            return true;
        }

        @Override
        public void flush() {
            // nothing is queued
        }
    }
}
