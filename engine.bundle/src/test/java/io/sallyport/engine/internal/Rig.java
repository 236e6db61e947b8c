package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FlowContexts;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.FaultPolicy;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.PolicyException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** An engine with one worker and a policy that is written down in a few words. Sublayers are named by their weights. */
public final class Rig implements AutoCloseable {
    public final FilterEngineImpl engine = new FilterEngineImpl("rig");
    public final Classifier classifier = engine.newClassifier();
    public final Layer layer;
    public final LayerValues values;
    public final ClassifyOutcome out = classifier.newOutcome();
    public final FlowContexts flow = classifier.newFlowContexts();
    /** What recording callouts saw: name, write right, action so far. */
    public final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    private final Map<String, CalloutHost> hosts = new HashMap<>();
    private final Map<String, FilterImage> filters = new LinkedHashMap<>();
    private long nextId = 1;
    private int revision;

    public Rig(Layer layer) {
        this.layer = layer;
        this.values = classifier.newValues(layer);
        flow.begin(77);
    }

    /** One filter, to be finished by its last call. */
    public final class Spec {
        private final String name;
        private final ActionType action;
        private String callout;
        private int sublayer = 10;
        private long weight;
        private int flags;
        private long context;
        private Map<String, Object> providerContext = Map.of();
        private final List<Condition> conditions = new ArrayList<>();

        Spec(String name, ActionType action) {
            this.name = name;
            this.action = action;
        }

        public Spec in(int sublayerWeight) {
            sublayer = sublayerWeight;
            return this;
        }

        public Spec weight(long value) {
            weight = value;
            return this;
        }

        public Spec hard() {
            flags |= FilterFlags.CLEAR_ACTION_RIGHT;
            return this;
        }

        public Spec permitIfMissing() {
            flags |= FilterFlags.PERMIT_IF_CALLOUT_UNREGISTERED;
            return this;
        }

        public Spec onFault(FaultPolicy policy) {
            flags |= policy.bits();
            return this;
        }

        public Spec context(long value) {
            context = value;
            return this;
        }

        public Spec providerContext(Map<String, Object> value) {
            providerContext = value;
            return this;
        }

        public Spec when(Condition condition) {
            conditions.add(condition);
            return this;
        }

        public Spec calling(String key) {
            callout = key;
            return this;
        }

        /** Adds the filter to the policy. */
        public Rig add() {
            FilterImage old = filters.get(name);
            long id = old == null ? nextId++ : old.id();
            filters.put(
                    name,
                    new FilterImage(
                            id,
                            new UUID(9, id),
                            name,
                            null,
                            layer,
                            new UUID(8, sublayer),
                            weight,
                            conditions,
                            action,
                            callout == null ? null : calloutKey(callout),
                            flags,
                            context,
                            providerContext));
            return Rig.this;
        }
    }

    public Spec permit(String name) {
        return new Spec(name, ActionType.PERMIT);
    }

    public Spec block(String name) {
        return new Spec(name, ActionType.BLOCK);
    }

    public Spec terminating(String name) {
        return new Spec(name, ActionType.CALLOUT_TERMINATING).calling(name);
    }

    public Spec inspection(String name) {
        return new Spec(name, ActionType.CALLOUT_INSPECTION).calling(name);
    }

    public Spec unknown(String name) {
        return new Spec(name, ActionType.CALLOUT_UNKNOWN).calling(name);
    }

    public Rig remove(String name) {
        filters.remove(name);
        return this;
    }

    private static UUID calloutKey(String name) {
        return new UUID(7, name.hashCode());
    }

    /** The policy as it stands. All sublayers from 0 to 100 exist, and every callout that a filter names is added. */
    public PolicyImage image() {
        List<RuntimeSublayer> sublayers = new ArrayList<>();
        for (int weight = 0; weight <= 100; weight++) {
            sublayers.add(new RuntimeSublayer(new UUID(8, weight), "s" + weight, weight));
        }
        List<AddedCallout> callouts = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            callouts.add(new AddedCallout(calloutKey(name), callouts.size() + 1, name, layer));
        }
        return new PolicyImage("r" + ++revision, sublayers, callouts, List.copyOf(filters.values()));
    }

    public PreparedPolicy prepare() throws PolicyException {
        return engine.prepare(image());
    }

    public Rig publish() throws PolicyException {
        engine.publish(prepare());
        return this;
    }

    public Rig register(String name, Callout callout) throws PolicyException {
        return register(name, 0, callout);
    }

    public Rig register(String name, int flags, Callout callout) throws PolicyException {
        engine.register(name, flags, new Known(name, callout));
        return this;
    }

    /** As a stack does for a callout that injects from outside of classify. */
    public int inject(String name, long start, int lengthBytes) {
        return classifier.injectIntoStream(
                flow, ((CalloutIdentity) hosts.get(name)).serial(), true, start, lengthBytes);
    }

    /** A callout whose door is known. */
    private final class Known implements Callout {
        private final String name;
        private final Callout callout;

        Known(String name, Callout callout) {
            this.name = name;
            this.callout = callout;
        }

        @Override
        public void open(CalloutHost host) {
            hosts.put(name, host);
            callout.open(host);
        }

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut result) {
            callout.classify(values, metadata, data, filter, flowContext, result);
        }

        @Override
        public void notify(NotifyType type, UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
            callout.notify(type, filterKey, filter);
        }

        @Override
        public void flowDelete(Layer layer, long flowId, Object context) {
            callout.flowDelete(layer, flowId, context);
        }
    }

    /** Registers a callout that notes how it is entered and then answers. */
    public Rig answering(String name, Consumer<ClassifyOut> answer) throws PolicyException {
        return register(name, (v, m, data, filter, context, result) -> {
            calls.add(name + ":" + (result.hasWriteRight() ? "right" : "no-right") + ":" + result.currentAction());
            answer.accept(result);
        });
    }

    /** One packet of the rig's flow. */
    public ClassifyOutcome classify() {
        return classify((LayerData) null);
    }

    public ClassifyOutcome classify(LayerData data) {
        classifier.enterPacket();
        classifier.classify(values, new TestMetadata(flow), data, flow, out);
        classifier.exitPacket();
        return out;
    }

    public ClassifyOutcome classify(StreamIndication stream) {
        classifier.enterPacket();
        classifier.classifyStream(values, new TestMetadata(flow), stream, flow, out);
        classifier.exitPacket();
        return out;
    }

    /** What the watch over the callouts would do. */
    public void tick(long clockNs) {
        engine.warden().tick(clockNs);
    }

    /** The name of the filter that decided, or null. */
    public String decider() {
        return out.filter() == null ? null : out.filter().name();
    }

    @Override
    public void close() {
        classifier.close();
        engine.close();
    }
}
