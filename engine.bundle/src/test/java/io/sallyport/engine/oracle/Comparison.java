package io.sallyport.engine.oracle;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.engine.internal.TestMetadata;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs scenarios through engine and oracle. Also the entry of mutated engines, which live in class loaders of their own. */
public final class Comparison {
    private final List<String> calls = new ArrayList<>();
    private long packet;

    /**
     * Looks for a difference.
     *
     * @return what differed first, or null
     */
    public static String firstDifference(long firstSeed, int scenarios) throws PolicyException {
        Comparison comparison = new Comparison();
        for (long seed = firstSeed; seed < firstSeed + scenarios; seed++) {
            String difference = comparison.difference(ScenarioGenerator.make(seed));
            if (difference != null) {
                return "seed " + seed + ": " + difference;
            }
        }
        return null;
    }

    private String difference(Scenario scenario) throws PolicyException {
        Oracle oracle = new Oracle(scenario.policy(), scenario.registered());
        try (FilterEngineImpl engine = new FilterEngineImpl("compared");
                Classifier classifier = engine.newClassifier()) {
            for (Map.Entry<String, Long> entry : scenario.registered().entrySet()) {
                int flags = entry.getValue() < 0 ? CalloutFlags.CONDITIONAL_ON_FLOW : 0;
                engine.register(entry.getKey(), flags, scripted(entry.getKey(), entry.getValue()));
            }
            engine.publish(engine.prepare(scenario.policy()));
            LayerValues values = classifier.newValues(scenario.layer());
            ClassifyOutcome out = classifier.newOutcome();
            for (int i = 0; i < scenario.packets().size(); i++) {
                packet = i;
                calls.clear();
                fill(values, scenario.layer(), scenario.packets().get(i));
                classifier.enterPacket();
                classifier.classify(values, TestMetadata.INSTANCE, null, null, out);
                classifier.exitPacket();
                Verdict actual = verdict(out);
                Verdict expected =
                        oracle.judge(scenario.layer(), scenario.packets().get(i), i);
                if (!actual.equals(expected)) {
                    return "packet " + i + " at " + scenario.layer() + "\n expected " + expected + "\n actual   "
                            + actual;
                }
            }
        }
        return null;
    }

    private Verdict verdict(ClassifyOutcome out) {
        return new Verdict(
                out.action(),
                out.isPermitted(),
                out.reason(),
                out.filter() == null ? 0 : out.filter().id(),
                out.context(),
                out.isVeto(),
                out.isAbsorbed(),
                List.copyOf(calls));
    }

    private Callout scripted(String name, long character) {
        return (values, metadata, data, filter, context, out) -> {
            calls.add(name + "/" + filter.id() + "/" + out.hasWriteRight() + "/" + out.currentAction());
            Script script = Script.of(character, filter.id(), packet);
            play(script, out);
        };
    }

    private static void play(Script script, ClassifyOut out) {
        switch (script.kind()) {
            case PERMIT -> out.permit();
            case BLOCK -> out.block();
            case CONTINUE -> out.continueEvaluation();
            case THROW -> throw new StackOverflowError("scripted");
        }
        if (script.clearsRight()) {
            out.clearWriteRight();
        }
        if (script.absorbs()) {
            out.absorb();
        }
    }

    /** Fills values the way a shim does. */
    static void fill(LayerValues values, Layer layer, Map<Field, Object> packet) {
        values.clear();
        for (Map.Entry<Field, Object> entry : packet.entrySet()) {
            FieldSpec spec = layer.schema().find(entry.getKey());
            Object value = entry.getValue();
            switch (spec.type()) {
                case UINT8, UINT16, UINT32, UINT64 -> values.setNumber(spec.index(), (Long) value);
                case BYTE_ARRAY16 -> {
                    ByteBuffer bytes = ByteBuffer.wrap((byte[]) value);
                    values.setBytes16(spec.index(), bytes.getLong(0), bytes.getLong(8));
                }
                case BYTE_ARRAY6 -> {
                    ByteBuffer bytes = ByteBuffer.wrap((byte[]) value);
                    long high = bytes.getShort(0) & 0xFFFFL;
                    values.setNumber(spec.index(), (high << 32) | (bytes.getInt(2) & 0xFFFF_FFFFL));
                }
                default -> values.setObject(spec.index(), value);
            }
        }
    }
}
