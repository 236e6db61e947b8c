package io.sallyport.sample.word.block;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * Blocks datagrams and connections that contain one of the words of the filter's context, {@code {words: [..]}}.
 *
 * <p>A word never leaves whole, wherever it is cut: what could be the start of a word is withheld until it is clear
 * whether it is one. What cannot be inspected is blocked: a filter without usable words, a layer without text, a stream
 * of which no more can be held.
 */
@Component(service = Callout.class, scope = ServiceScope.PROTOTYPE, property = Callout.KEY + "=" + WordBlock.KEY)
public final class WordBlock implements Callout {

    /** The name under which policy adds this callout. */
    static final String KEY = "io.sallyport.sample.word-block";

    private static final int STREAM_END = StreamFlags.RECEIVE_DISCONNECT
            | StreamFlags.RECEIVE_ABORT
            | StreamFlags.SEND_DISCONNECT
            | StreamFlags.SEND_ABORT;

    @Override
    public void notify(NotifyType type, @Nullable UUID filterKey, RuntimeFilter filter) throws FilterRefusedException {
        if (type == NotifyType.ADD_FILTER) {
            if (!hasText(filter.layer())) {
                throw new FilterRefusedException("word-block reads stream and datagram-data layers, not "
                        + filter.layer().policyName());
            }
            filter.attach(Words.parse(filter.providerContext()));
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
        Words words = filter.attachment() instanceof Words attached ? attached : attachWords(filter);
        if (data instanceof StreamData stream) {
            classifyStream(stream, words, out);
        } else if (data == null || !hasText(values.layer()) || words.isEmpty()) {
            block(out);
        } else if (words.scan(data) == Words.FOUND) {
            block(out);
        } else if (filter.action() == ActionType.CALLOUT_TERMINATING) {
            out.permit(); // Such filters want an answer; others go on to the next filter.
        }
    }

    private static void classifyStream(StreamData stream, Words words, ClassifyOut out) {
        int started = words.isEmpty() ? Words.FOUND : words.scan(stream);
        int length = stream.lengthBytes();
        boolean isLastPiece = (stream.flags() & STREAM_END) != 0;
        if (started == Words.FOUND) {
            stream.dropConnection();
            block(out);
        } else if (started == 0 || (stream.isDecisionForced() && isLastPiece)) {
            out.permit();
        } else if (started < length) {
            stream.enforce(length - started); // The rest is shown again at once.
            out.permit();
        } else if (!stream.isDecisionForced()) {
            stream.needMoreData(1);
        } else {
            stream.dropConnection(); // Letting the start of a word go would let its end slip by.
            block(out);
        }
    }

    /** For filters that were there before this callout: nobody announced them. */
    private static Words attachWords(RuntimeFilter filter) {
        Words words;
        try {
            words = Words.parse(filter.providerContext());
        } catch (FilterRefusedException e) {
            words = Words.NONE;
        }
        filter.attach(words);
        return words;
    }

    /** Blocks, and hard, as a block should be; says nothing where that would change nothing. */
    private static void block(ClassifyOut out) {
        if (out.hasWriteRight() || out.currentAction() == ClassifyOut.Action.PERMIT) {
            out.block();
            out.clearWriteRight();
        }
    }

    private static boolean hasText(Layer layer) {
        return switch (layer) {
            case STREAM_V4, STREAM_V6, DATAGRAM_DATA_V4, DATAGRAM_DATA_V6 -> true;
            default -> false;
        };
    }
}
