package io.sallyport.engine.api;

import io.sallyport.layer.Layer;
import java.util.Map;

/**
 * Counts since the engine was made, and what is in force (NEV-13).
 *
 * @param layers for each layer that was classified
 * @param filterMatches how often each filter that is in force matched, by run-time id
 * @param filterDecisions how often each filter that is in force set the final action, by run-time id
 * @param callouts for each callout name that was called or missing
 * @param internalFaults packets or events that were blocked because the engine itself failed; should be 0
 * @param filters how many filters are in force now, for each layer that has any
 */
public record EngineStatistics(
        Map<Layer, LayerCounts> layers,
        Map<Long, Long> filterMatches,
        Map<Long, Long> filterDecisions,
        Map<String, CalloutCounts> callouts,
        long internalFaults,
        Map<Layer, Integer> filters) {

    /** Copies the maps. */
    public EngineStatistics {
        layers = Map.copyOf(layers);
        filterMatches = Map.copyOf(filterMatches);
        filterDecisions = Map.copyOf(filterDecisions);
        callouts = Map.copyOf(callouts);
        filters = Map.copyOf(filters);
    }

    /**
     * Counts of an engine that never failed itself and has no filters.
     *
     * @param layers as above
     * @param filterMatches as above
     * @param filterDecisions as above
     * @param callouts as above
     */
    public EngineStatistics(
            Map<Layer, LayerCounts> layers,
            Map<Long, Long> filterMatches,
            Map<Long, Long> filterDecisions,
            Map<String, CalloutCounts> callouts) {
        this(layers, filterMatches, filterDecisions, callouts, 0, Map.of());
    }

    /**
     * Outcomes at one layer.
     *
     * @param permits permitted, or none at a filtering layer
     * @param blocks blocked, vetoes included
     * @param vetoes blocked against a hard permit
     * @param noMatches of the permits: no filter matched
     */
    public record LayerCounts(long permits, long blocks, long vetoes, long noMatches) {}

    /**
     * Calls of one callout.
     *
     * @param calls classify calls that returned
     * @param faults exceptions and nonsensical answers
     * @param ignoredAnswers answers without effect, e.g. a permit without the write right
     * @param unregistered times it was named by a matching filter and not registered
     * @param quarantined times it was to be called and was kept out
     * @param firstFault what the first fault of the callout that is registered now was, in a line; empty if there was none
     */
    public record CalloutCounts(
            long calls, long faults, long ignoredAnswers, long unregistered, long quarantined, String firstFault) {

        /**
         * Counts of a callout that was never kept out.
         *
         * @param calls as above
         * @param faults as above
         * @param ignoredAnswers as above
         * @param unregistered as above
         * @param firstFault as above
         */
        public CalloutCounts(long calls, long faults, long ignoredAnswers, long unregistered, String firstFault) {
            this(calls, faults, ignoredAnswers, unregistered, 0, firstFault);
        }
    }
}
