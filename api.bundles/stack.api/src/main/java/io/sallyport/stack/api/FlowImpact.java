package io.sallyport.stack.api;

import io.sallyport.layer.Layer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy that is not in force would mean for the flows that are authorised now. Immutable.
 *
 * @param flows that were looked at
 * @param touched of them: those at layers that change, which a recheck asks for again
 * @param blocked of the touched ones: would not be permitted, whatever callouts say
 * @param undecided of the touched ones: callouts would decide
 * @param causes who would block or decide, the one with most flows first
 */
public record FlowImpact(int flows, int touched, int blocked, int undecided, List<Cause> causes) {

    /** More causes are not told apart: the last one stands for all others. */
    public static final int MOST_CAUSES = 100;

    /** Copies the list. */
    public FlowImpact {
        causes = List.copyOf(causes);
    }

    /** What would become of flows. */
    public enum Verdict {
        /** They are not permitted. */
        BLOCK,
        /** A callout says. */
        CALLOUT
    }

    /**
     * One reason.
     *
     * @param verdict what would become of them
     * @param layer where; null if several causes are put together
     * @param filter name of the filter; null if none decides, or if several causes are put together
     * @param provider of the filter, or null
     * @param sublayer of the filter, or null
     * @param callout of the filter, or null
     * @param flows how many
     */
    public record Cause(
            Verdict verdict,
            @Nullable Layer layer,
            @Nullable String filter,
            @Nullable String provider,
            @Nullable String sublayer,
            @Nullable String callout,
            int flows) {}
}
