package io.sallyport.replay;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.BfeFactory;
import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyReport.Problem;
import io.sallyport.bfe.api.PolicyReport.Severity;
import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.plugin.api.PluginReport;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathFactory;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.FrameHandler;
import io.sallyport.stack.port.FrameTransmitter;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A gateway that drops frames whose first byte is 0xdd. A policy file that starts with "bad" is invalid; else its text is
 * the revision.
 */
final class FakeGateway {
    static final int DROPPED = 0xdd;
    static final FilterTag FILTER = new FilterTag(
            7,
            UUID.fromString("00000000-0000-0000-0000-000000000007"),
            "no-dd",
            "operator",
            "web",
            null,
            Layer.INBOUND_TRANSPORT_V4);

    final List<DataPathConfig> configs = new ArrayList<>();
    List<PluginReport> plugins = List.of();
    int open;
    Map<String, CalloutCounts> callouts = Map.of();
    boolean isUnbalanced;
    private String revision = "permit-all";

    GatewayServices services() {
        FilterEngineFactory engines = new FilterEngineFactory() {
            @Override
            public FilterEngine create(String name) {
                open++;
                return proxy(
                        FilterEngine.class,
                        Map.of(
                                "close",
                                () -> open--,
                                "statistics",
                                () -> new EngineStatistics(Map.of(), Map.of(), Map.of(), callouts)));
            }

            @Override
            public FilterEngine createWithoutCallouts(String name) {
                throw new AssertionError();
            }
        };
        BfeFactory bfes = engine -> bfe();
        DataPathFactory dataPaths = (config, engine, observer, toLan, toWan) -> {
            configs.add(config);
            return new Path1(observer, toWan);
        };
        return new GatewayServices(new FakeCaptureFiles(), engines, bfes, dataPaths, folder -> {
            if (!Files.isDirectory(folder)) {
                throw new NoSuchFileException(folder.toString());
            }
            return plugins;
        });
    }

    private BaseFilteringEngine bfe() {
        open++;
        revision = "permit-all";
        return proxy(
                BaseFilteringEngine.class,
                Map.of("close", () -> open--, "revision", () -> revision, "policyFiles", () -> new PolicyFiles() {
                    @Override
                    public PolicyReport validate(Path file) {
                        throw new AssertionError();
                    }

                    @Override
                    public PolicyReport apply(Path file, CommitOptions options) throws IOException {
                        revision = Files.readString(file);
                        List<Problem> problems = revision.startsWith("bad")
                                ? List.of(new Problem(
                                        Severity.ERROR,
                                        file.toString(),
                                        3,
                                        5,
                                        "filter x",
                                        "layer",
                                        "unknown layer",
                                        List.of()))
                                : List.of();
                        return new PolicyReport(file.toString(), problems, 1, 0);
                    }

                    @Override
                    public PolicyReport validate(String name, byte[] document) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public PolicyReport apply(String name, byte[] document, CommitOptions options) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public PolicyReport add(String name, String text, CommitOptions options) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public PolicyReport remove(String provider, CommitOptions options) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public Condition condition(Layer layer, String entry) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public String print(Filter filter) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public String export(String provider) {
                        throw new AssertionError();
                    }
                }));
    }

    @FunctionalInterface
    interface Answer {
        Object get();
    }

    /** An implementation that gives these answers, and fails on everything else. */
    static <T> T proxy(Class<T> type, Map<String, Answer> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Answer answer = answers.get(method.getName());
                    if (answer == null) {
                        throw new AssertionError(type.getSimpleName() + "." + method.getName() + " was not expected");
                    }
                    Object value = answer.get();
                    return method.getReturnType() == void.class ? null : value;
                }));
    }

    private final class Path1 implements DataPath {
        private final PathObserver observer;
        private final FrameTransmitter out;
        private long framesIn;
        private long framesOut;
        private long dropped;

        Path1(PathObserver observer, FrameTransmitter out) {
            this.observer = observer;
            this.out = out;
            open++;
        }

        @Override
        public FrameHandler handler() {
            return (side, batch) -> {
                for (int i = 0; i < batch.count(); i++) {
                    framesIn++;
                    if ((batch.memory().get(batch.offset(i)) & 255) == DROPPED) {
                        dropped++;
                        observer.dropped(
                                FakePacket.udp(framesIn, batch.timestampNs(i)),
                                framesIn,
                                DropReason.POLICY,
                                FILTER.layer(),
                                FILTER,
                                3,
                                revision);
                    } else {
                        framesOut++;
                        out.transmit(batch.memory(), batch.offset(i), batch.lengthBytes(i), batch.timestampNs(i));
                    }
                }
                out.flush();
            };
        }

        @Override
        public void advanceTo(long nowNs) {
            throw new AssertionError("the clock stops at the end of a capture");
        }

        @Override
        public Ledger ledger() {
            return new Ledger(
                    framesIn, 0, framesOut + (isUnbalanced ? 1 : 0), 0, 0, Map.of(DropReason.POLICY, dropped));
        }

        @Override
        public int flowCount() {
            return 0;
        }

        @Override
        public void close() {
            open--;
            // What happens to held frames now must not be told.
            observer.dropped(FakePacket.udp(99, 0), 99, DropReason.REASSEMBLY_TIMEOUT, null, null, 0, "");
        }
    }
}
