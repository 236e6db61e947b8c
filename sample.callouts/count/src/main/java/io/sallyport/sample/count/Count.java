package io.sallyport.sample.count;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.layer.Layer;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Counts what its filters match and decides nothing: the smallest callout there is. Each data path has an instance of its
 * own, which writes its totals to the log when it is given back.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + Count.KEY)
public final class Count implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.count";

    /** By layer id. Adders, since several workers may be inside {@link #classify} at once. */
    private final LongAdder[] items = adders();

    private final LongAdder[] bytes = adders();

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        int layer = values.layer().id();
        items[layer].increment();
        if (data != null) {
            bytes[layer].add(data.lengthBytes());
        }
        // An untouched "out" means: continue with the next filter.
    }

    /** How many packets, stream pieces or events were seen at a layer. */
    long items(Layer layer) {
        return items[layer.id()].sum();
    }

    /** How many bytes they showed. */
    long bytes(Layer layer) {
        return bytes[layer.id()].sum();
    }

    @Deactivate
    void logTotals() {
        System.getLogger(KEY).log(System.Logger.Level.INFO, this::toString);
    }

    /** The totals, e.g. {@code counted stream-v4: 12 items, 4711 bytes}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("counted");
        String separator = " ";
        for (Layer layer : Layer.values()) {
            if (items(layer) > 0) {
                text.append(separator).append(layer.policyName()).append(": ");
                text.append(items(layer))
                        .append(" items, ")
                        .append(bytes(layer))
                        .append(" bytes");
                separator = "; ";
            }
        }
        return separator.equals(" ") ? "counted nothing" : text.toString();
    }

    private static LongAdder[] adders() {
        LongAdder[] adders = new LongAdder[Layer.COUNT];
        for (int i = 0; i < adders.length; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }
}
