package io.sallyport.sample.stream.edit;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import io.sallyport.callout.StreamInjection;
import io.sallyport.layer.Layer;
import io.sallyport.sample.stream.edit.OutOfBand.Taken;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Replaces texts in TCP streams, wherever segments cut them, by others of any length.
 *
 * <p>In band: permits up to a text; shown the rest again, puts the new text in and blocks the old one (STR-6). Out of band:
 * copies and blocks everything, and injects the result from a thread of its own (STR-13).
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + StreamEdit.KEY)
public final class StreamEdit implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.stream-edit";

    private static final int ABORTS = StreamFlags.RECEIVE_ABORT | StreamFlags.SEND_ABORT;

    private volatile @Nullable OutOfBand outOfBand;

    /** Made by the framework, for each data path. */
    public StreamEdit() {}

    @Override
    public void open(CalloutHost host) {
        begin(host.streams(), host::abortFlow);
    }

    /** The same with what a test hands over. */
    void begin(StreamInjection streams, OutOfBand.Killer killer) {
        outOfBand = new OutOfBand(streams, killer);
    }

    /** The plug-in goes: nothing is injected any more. */
    @Deactivate
    void close() {
        OutOfBand editor = outOfBand;
        if (editor != null) {
            editor.close();
        }
    }

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            if (filter.layer() != Layer.STREAM_V4 && filter.layer() != Layer.STREAM_V6) {
                throw new FilterRefusedException("stream-edit edits at stream layers, not at "
                        + filter.layer().policyName());
            }
            filter.attach(Replacements.parse(filter.providerContext()));
        }
    }

    @Override
    public void classify(
            IncomingValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            RuntimeFilter filter,
            @Nullable Object flowContext,
            ClassifyOut out) {
        Replacements replacements = filter.attachment() instanceof Replacements r ? r : attach(filter);
        FlowHandle flow = metadata.flow();
        if (replacements == null || !(data instanceof StreamData stream)) {
            out.block();
        } else if (!replacements.isOutOfBand()) {
            inBand(stream, replacements, out);
        } else if (flow == null || (stream.flags() & ABORTS) != 0) {
            out.permit();
        } else {
            OutOfBand editor = outOfBand;
            Taken taken =
                    editor == null ? Taken.NO : editor.take(flow, filter.layer(), flowContext, stream, replacements);
            if (taken == Taken.NO) {
                stream.dropConnection();
            }
            if (taken != Taken.LATER) {
                out.block();
            }
        }
    }

    private static void inBand(StreamData stream, Replacements replacements, ClassifyOut out) {
        Text text = new Text(stream);
        int length = text.length();
        int place = replacements.place(text, 0);
        Replacements.Pair pair = place < length ? replacements.at(text, place) : null;
        if (place == 0 && pair != null) {
            stream.inject(pair.with(), 0, pair.with().length);
            stream.enforce(pair.find().length);
            out.block();
        } else if (pair == null && place < length && stream.isDecisionForced()) {
            // The start of a text that never comes to its end, or for which there is no room: it stays what it is.
            stream.enforce(place + 1);
            out.permit();
        } else if (place > 0 || length == 0) {
            stream.enforce(place); // The rest is shown again at once.
            out.permit();
        } else {
            stream.needMoreData(1);
        }
    }

    @Override
    public void flowDelete(Layer layer, long flowId, Object context) {
        if (context instanceof OutOfBand.Connection connection) {
            connection.end();
        }
    }

    /** For filters that were there before this callout: nobody announced them. */
    private static @Nullable Replacements attach(RuntimeFilter filter) {
        try {
            Replacements replacements = Replacements.parse(filter.providerContext());
            filter.attach(replacements);
            return replacements;
        } catch (FilterRefusedException e) {
            return null; // blocks
        }
    }
}
