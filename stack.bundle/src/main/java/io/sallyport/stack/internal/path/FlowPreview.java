package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.api.FlowContexts;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.FlowImpact;
import io.sallyport.stack.api.FlowImpact.Cause;
import io.sallyport.stack.api.FlowImpact.Verdict;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.FlowPrompt;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.shim.AleShim;
import io.sallyport.stack.shim.Shim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks a policy that is not in force about copies of flows, through a shim of the same factory and with the same prompts as
 * {@link FlowSweep}. Management plane: one thread, which is no worker's.
 */
public final class FlowPreview implements ShimEnvironment {
    private final PolicyTrial trial;
    private final Classifier classifier;
    private final PacketLensImpl lens = new PacketLensImpl();
    private final PacketRecord packet = PacketRecord.create();
    private final FlowPrompt prompt = new FlowPrompt(new HeaderParser(Checksums.IGNORE));
    private final ClassifyOutcome out;
    private final FlowContexts contexts;
    private final AleShim shim;
    private final Map<Key, Integer> causes = new HashMap<>();
    private int flows;
    private int touched;
    private int blocked;
    private int undecided;

    /** Who decides about a flow. */
    private record Key(
            Verdict verdict, Layer layer, @Nullable FilterTag filter) {}

    /**
     * Makes a preview.
     *
     * @param trial of the policy
     * @param ale makes the shim
     */
    public FlowPreview(PolicyTrial trial, ShimFactory ale) {
        this.trial = trial;
        this.classifier = trial.classifier();
        this.out = classifier.newOutcome();
        this.contexts = classifier.newFlowContexts();
        Shim made = ale.create(this);
        if (!(made instanceof AleShim asker)) {
            throw new IllegalArgumentException("not a factory of ALE shims: " + ale.point());
        }
        this.shim = asker;
    }

    @Override
    public Classifier classifier() {
        return classifier;
    }

    @Override
    public PacketLens lens() {
        return lens;
    }

    /**
     * The contexts that copies of flows need to be asked about; none is ever begun.
     *
     * @return the same always
     */
    public FlowContexts contexts() {
        return contexts;
    }

    /**
     * Asks about a flow.
     *
     * @param flow a copy with {@link #contexts}
     */
    public void ask(FlowImpl flow) {
        Layer layer = LayerPair.authorization(flow.direction()).of(flow.ipVersion());
        flows++;
        if (!trial.changes(layer)) {
            return;
        }
        touched++;
        prompt.write(flow, packet, Settlement.MADE_HERE, 0);
        boolean isPermittedAtBest = isPermitted(flow, true);
        FilterTag atBest = out.filter();
        boolean isPermittedAtWorst = isPermitted(flow, false);
        if (isPermittedAtBest == isPermittedAtWorst) {
            if (!isPermittedAtWorst) {
                blocked++;
                count(new Key(Verdict.BLOCK, layer, out.filter()));
            }
        } else {
            undecided++;
            FilterTag atWorst = out.filter();
            boolean isByCallout = atWorst != null && atWorst.callout() != null;
            count(new Key(Verdict.CALLOUT, layer, isByCallout ? atWorst : atBest));
        }
    }

    private boolean isPermitted(FlowImpl flow, boolean calloutsPermit) {
        trial.suppose(calloutsPermit);
        classifier.enterPacket();
        try {
            if (flow.direction() == Direction.OUTBOUND) {
                shim.connect(packet, flow, true, out);
            } else {
                shim.accept(packet, flow, true, out);
            }
            return out.isPermitted();
        } finally {
            classifier.exitPacket();
        }
    }

    private void count(Key key) {
        causes.merge(key, 1, Integer::sum);
    }

    /**
     * What was found out so far.
     *
     * @return the sums
     */
    public FlowImpact impact() {
        List<Cause> all = new ArrayList<>();
        causes.forEach((key, count) -> all.add(cause(key, count)));
        all.sort(Comparator.comparingInt(Cause::flows).reversed().thenComparing(it -> String.valueOf(it.filter())));
        if (all.size() <= FlowImpact.MOST_CAUSES) {
            return new FlowImpact(flows, touched, blocked, undecided, all);
        }
        List<Cause> first = new ArrayList<>(all.subList(0, FlowImpact.MOST_CAUSES - 1));
        List<Cause> rest = all.subList(FlowImpact.MOST_CAUSES - 1, all.size());
        boolean isAnyBlocked = rest.stream().anyMatch(it -> it.verdict() == Verdict.BLOCK);
        first.add(new Cause(
                isAnyBlocked ? Verdict.BLOCK : Verdict.CALLOUT,
                null,
                null,
                null,
                null,
                null,
                rest.stream().mapToInt(Cause::flows).sum()));
        return new FlowImpact(flows, touched, blocked, undecided, first);
    }

    private static Cause cause(Key key, int count) {
        FilterTag by = key.filter();
        return by == null
                ? new Cause(key.verdict(), key.layer(), null, null, null, null, count)
                : new Cause(key.verdict(), key.layer(), by.name(), by.provider(), by.sublayer(), by.callout(), count);
    }
}
