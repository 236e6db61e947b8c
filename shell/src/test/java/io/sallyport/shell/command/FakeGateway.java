package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.engine.api.EngineStatistics.LayerCounts;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.gateway.api.ConnectionCounts;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventTemplate;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.layer.Layer;
import io.sallyport.plugin.api.PluginCheck;
import io.sallyport.plugin.api.PluginFolder;
import io.sallyport.plugin.api.PluginReport;
import io.sallyport.plugin.api.PluginTrust;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.FlowImpact;
import io.sallyport.stack.api.FlowImpact.Cause;
import io.sallyport.stack.api.FlowImpact.Verdict;
import io.sallyport.stack.api.FlowRecord;
import io.sallyport.stack.api.FlowStatistics;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.LiveDataPath;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.port.LivePort;
import io.sallyport.stack.port.PortStatistics;
import io.sallyport.stack.port.PortStatistics.InterfaceCounts;
import io.sallyport.stack.port.PortStatistics.InterfaceState;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A small gateway without packets: two filters, a callout that nobody registers, a flow, events, a plug-in. */
public final class FakeGateway implements Services {
    public static final UUID WEB = UUID.fromString("11111111-0000-4000-8000-000000000001");
    public final FakePolicy bfe = new FakePolicy();
    public final Events events = new Events();
    final Trust trust = new Trust();
    public final Map<Class<?>, Object> services = new HashMap<>();
    /** The worker has no time. */
    public boolean isPathBusy;

    public FakeGateway(Path home) {
        UUID operator = UUID.randomUUID();
        UUID words = UUID.randomUUID();
        UUID universal = UUID.randomUUID();
        bfe.providers.add(new Provider(operator, DisplayData.of("operator"), true, null, Map.of()));
        bfe.sublayers.add(new Sublayer(universal, DisplayData.of("universal"), true, null, 32768));
        bfe.callouts.add(new CalloutObject(
                words, DisplayData.of("words"), "io.sallyport.sample.word-block", Layer.STREAM_V4, 0, operator, 7));
        bfe.filters.add(
                filter(WEB, "no-web", Layer.ALE_AUTH_CONNECT_V4, ActionType.BLOCK, universal, operator, null, 1));
        bfe.filters.add(filter(
                UUID.randomUUID(),
                "words",
                Layer.STREAM_V4,
                ActionType.CALLOUT_UNKNOWN,
                universal,
                operator,
                words,
                2));
        services.put(GatewayConfig.class, new GatewayConfig(home, "lan0", "wan0", null, false));
        services.put(BaseFilteringEngine.class, bfe);
        services.put(NetEvents.class, events);
        services.put(FilterEngine.class, engine());
        services.put(LiveDataPath.class, new DataPath());
        services.put(LivePort.class, port());
        services.put(PluginFolder.class, new Plugins(home));
        services.put(PluginTrust.class, trust);
    }

    public static Filter filter(
            UUID key,
            String name,
            Layer layer,
            ActionType action,
            UUID sublayer,
            UUID provider,
            @Nullable UUID callout,
            long id) {
        Filter plain = Filter.builder(name, layer, action)
                .key(key)
                .sublayer(sublayer)
                .provider(provider)
                .callout(callout)
                .flags(FilterFlags.PERSISTENT)
                .build();
        return new Filter(
                key,
                plain.display(),
                plain.flags(),
                provider,
                layer,
                sublayer,
                plain.weight(),
                List.of(),
                action,
                callout,
                0,
                null,
                id,
                0xf000_0000_0000_0000L);
    }

    @Override
    public <T> @Nullable T find(Class<T> type, @Nullable String filter) {
        return type.cast(services.get(type));
    }

    private static FilterEngine engine() {
        EngineStatistics statistics = new EngineStatistics(
                Map.of(Layer.ALE_AUTH_CONNECT_V4, new LayerCounts(10, 3, 0, 2)),
                Map.of(1L, 3L),
                Map.of(1L, 3L),
                Map.of("io.sallyport.sample.word-block", new CalloutCounts(0, 0, 0, 4, "")),
                0,
                Map.of(Layer.ALE_AUTH_CONNECT_V4, 3, Layer.STREAM_V4, 1));
        return (FilterEngine) Proxy.newProxyInstance(
                FakeGateway.class.getClassLoader(),
                new Class<?>[] {FilterEngine.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "statistics" -> statistics;
                    case "registeredCallouts" -> Set.of("com.example.other");
                    case "policyInForce" -> PolicyInForce.RUN_TIME;
                    case "revision" -> "r1";
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static LivePort port() {
        PortStatistics statistics = new PortStatistics(
                new InterfaceCounts("lan0", 12, 9, 0, 0, 0, 0, 0, InterfaceState.UP),
                new InterfaceCounts("wan0", 9, 8, 1, 0, 0, 0, 2, InterfaceState.NO_CARRIER));
        return (LivePort) Proxy.newProxyInstance(
                FakeGateway.class.getClassLoader(), new Class<?>[] {LivePort.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("statistics")) {
                        return statistics;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    private final class DataPath implements LiveDataPath {
        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public Ledger ledger() {
            return new Ledger(21, 0, 17, 0, 1, Map.of(DropReason.POLICY, 3L));
        }

        @Override
        public Map<PathCounter, Long> counters() {
            return Map.of(PathCounter.FLOWS_EXPIRED, 5L);
        }

        @Override
        public FlowStatistics flowStatistics() {
            return new FlowStatistics(
                    List.of(
                            new FlowStatistics.Active(Direction.OUTBOUND, 4, 2),
                            new FlowStatistics.Active(Direction.INBOUND, 6, 1)),
                    List.of(
                            new FlowStatistics.Reauthorizations(
                                    Direction.OUTBOUND, 4, "tcp", ReauthorizeReason.POLICY_CHANGE, 8, 9),
                            new FlowStatistics.Reauthorizations(
                                    Direction.INBOUND,
                                    6,
                                    "udp",
                                    ReauthorizeReason.NEW_INBOUND_MCAST_BCAST_PACKET,
                                    10,
                                    11)));
        }

        @Override
        public long faults() {
            return 0;
        }

        @Override
        public int flowCount() {
            return 2;
        }

        @Override
        public List<FlowRecord> flows(int most) {
            List<FlowRecord> flows = List.of(
                    new FlowRecord(
                            1,
                            Direction.OUTBOUND,
                            4,
                            6,
                            0,
                            0xc0a80109L,
                            40000,
                            0,
                            0xcb007109L,
                            443,
                            "established",
                            true,
                            61_000,
                            250),
                    new FlowRecord(
                            2,
                            Direction.OUTBOUND,
                            6,
                            58,
                            0x2001_0db8_0001_0000L,
                            9,
                            128,
                            0x2001_0db8_0002_0000L,
                            9,
                            Packet.NONE,
                            "active",
                            false,
                            5,
                            5));
            return flows.subList(0, Math.min(most, flows.size()));
        }

        @Override
        public @Nullable FlowImpact preview(PolicyTrial trial, IntConsumer progress) {
            Layer layer = Layer.ALE_AUTH_CONNECT_V4;
            return isPathBusy
                    ? null
                    : new FlowImpact(
                            40,
                            30,
                            3,
                            1,
                            List.of(
                                    new Cause(Verdict.BLOCK, layer, "no-telnet", "operator", "web", null, 3),
                                    new Cause(Verdict.CALLOUT, layer, "ask", "operator", "web", "decides", 1)));
        }
    }

    /** Events that a test makes. */
    public static final class Events implements NetEvents {
        public final List<NetEvent> history = new ArrayList<>();
        public final List<Consumer<NetEvent>> listeners = new CopyOnWriteArrayList<>();
        public final List<NetEventTemplate> templates = new ArrayList<>();
        public NetEventOptions options = NetEventOptions.DEFAULT;

        @Override
        public List<NetEvent> recent(NetEventTemplate template, int most) throws PolicyException {
            templates.add(template);
            if (!options.isCollecting()) {
                throw new PolicyException(WfpError.NET_EVENTS_DISABLED, "events are not recorded");
            }
            List<NetEvent> wanted =
                    history.stream().filter(event -> isWanted(template, event)).toList();
            return wanted.subList(Math.max(0, wanted.size() - most), wanted.size());
        }

        private static boolean isWanted(NetEventTemplate template, NetEvent event) {
            return template.kinds().isEmpty() || template.kinds().contains(event.kind());
        }

        @Override
        public AutoCloseable subscribe(NetEventTemplate template, Consumer<NetEvent> listener) {
            templates.add(template);
            Consumer<NetEvent> filtered = event -> {
                if (isWanted(template, event)) {
                    listener.accept(event);
                }
            };
            listeners.add(filtered);
            return () -> listeners.remove(filtered);
        }

        @Override
        public NetEventOptions options() {
            return options;
        }

        @Override
        public void setOptions(NetEventOptions next) {
            options = next;
        }

        @Override
        public List<ConnectionCounts> connections() {
            return List.of(new ConnectionCounts("outbound", 4, 5, 6, 7));
        }

        @Override
        public void audit(NetEventOptions.AuditGroup group, Map<String, ? extends @Nullable Object> fields) {}

        @Override
        public long lost() {
            return 0;
        }

        @Override
        public void report(NetEvent.Kind kind, String line) {
            NetEvent event = new NetEvent(
                    history.size() + 1,
                    "2026-01-01T00:00:00.019000000Z",
                    kind,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    line,
                    null,
                    null,
                    null,
                    null,
                    List.of(),
                    null);
            history.add(event);
            listeners.forEach(listener -> listener.accept(event));
        }
    }

    /** What an operator said is what is answered. */
    static final class Trust implements PluginTrust {
        private final Map<String, Vendor> vendors = new TreeMap<>();
        private final Map<String, Instant> accepted = new TreeMap<>();
        private final Map<String, String> budgets = new TreeMap<>();
        private boolean isConformanceRequired;

        @Override
        public List<Vendor> vendors() {
            return List.copyOf(vendors.values());
        }

        @Override
        public Vendor add(String name, Path certificate, List<String> callouts, List<String> providers)
                throws IOException {
            if (!Files.exists(certificate)) {
                throw new IOException(certificate + ": it holds no certificate");
            }
            Vendor vendor = new Vendor(name, "CN=" + name, "SHA256:0123456789abcdef0123456789", callouts, providers);
            vendors.put(name, vendor);
            return vendor;
        }

        @Override
        public void remove(String name) throws IOException {
            if (vendors.remove(name) == null) {
                throw new IOException("there is no vendor '" + name + "'");
            }
        }

        @Override
        public String accept(Path jar, Duration time) {
            accepted.put("0123456789abcdef0123", Instant.EPOCH.plus(time));
            return "0123456789abcdef0123";
        }

        @Override
        public void endAcceptances() {
            accepted.clear();
        }

        @Override
        public Map<String, Instant> accepted() {
            return accepted;
        }

        @Override
        public String approve(String symbolicName, String budget) {
            budgets.put(symbolicName, budget);
            return budget;
        }

        @Override
        public Map<String, String> approved() {
            return budgets;
        }

        @Override
        public void requireConformance(boolean required) {
            isConformanceRequired = required;
        }

        @Override
        public boolean isConformanceRequired() {
            return isConformanceRequired;
        }

        @Override
        public String warning() {
            return accepted.isEmpty() ? "" : "dev 8h0m";
        }
    }

    private static final class Plugins implements PluginFolder {
        private final List<PluginReport> plugins = new ArrayList<>();

        Plugins(Path home) {
            plugins.add(new PluginReport(home.resolve("plugins/good.jar"), "com.example.good", "1.0.0", true, ""));
            plugins.add(new PluginReport(home.resolve("plugins/bad.jar"), null, null, false, "it is no jar"));
        }

        @Override
        public boolean isSettled() {
            return true;
        }

        @Override
        public List<PluginReport> plugins() {
            return List.copyOf(plugins);
        }

        @Override
        public PluginReport install(Path jar, Conformance conformance) {
            if (conformance == Conformance.ASKED_FOR && jar.toString().contains("leaky")) {
                return new PluginReport(
                        jar,
                        "com.example.new",
                        "2.0.0",
                        false,
                        "conformance check AssociateWithObjects failed: it leaks");
            }
            boolean isGood = !jar.toString().contains("bad");
            return new PluginReport(
                    jar,
                    isGood ? "com.example.new" : null,
                    isGood ? "2.0.0" : null,
                    isGood,
                    isGood ? "" : "it is no jar, or damaged; copy or build it again");
        }

        @Override
        public PluginReport update(Path jar, Conformance conformance) throws IOException {
            if (jar.toString().contains("new")) {
                throw new IOException("com.example.new: no such plug-in is installed");
            }
            return install(jar, conformance);
        }

        @Override
        public PluginCheck check(Path jar, Conformance conformance) {
            PluginReport report = install(jar, conformance);
            return new PluginCheck(
                    jar,
                    report.symbolicName(),
                    report.version(),
                    report.isActive() ? "acme" : "",
                    report.isActive() ? List.of("com.example.key") : List.of(),
                    report.isActive() ? "buffers=1" : "",
                    report.isActive() ? "com.example.new 1.0.0" : "",
                    List.of(),
                    conformance == Conformance.ASKED_FOR && report.isActive() ? "9 checks held" : "",
                    report.reason());
        }

        @Override
        public PluginReport uninstall(String plugin) throws IOException {
            return plugins.stream()
                    .filter(p -> plugin.equals(p.symbolicName()) || p.file().endsWith(plugin))
                    .findFirst()
                    .orElseThrow(() -> new IOException("none"));
        }
    }
}
