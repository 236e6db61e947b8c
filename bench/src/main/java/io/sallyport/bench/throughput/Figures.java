package io.sallyport.bench.throughput;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one box did.
 *
 * @param oneWayFramesPerSecond delivered from lan to wan
 * @param bothWaysFramesPerSecond delivered at both ends together, each sending
 * @param boxCpuNsPerFrame processor time of the box's process for a delivered frame, both ways; 0 if it has none
 * @param tcpMbitPerSecond one stream from lan to wan; 0 if it was not measured
 * @param roundTripP50Us of a small UDP datagram; 0 if it was not measured
 * @param roundTripP99Us the same
 */
record Figures(
        double oneWayFramesPerSecond,
        double bothWaysFramesPerSecond,
        double boxCpuNsPerFrame,
        double tcpMbitPerSecond,
        double roundTripP50Us,
        double roundTripP99Us) {

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("oneWayFramesPerSecond", Math.round(oneWayFramesPerSecond));
        map.put("bothWaysFramesPerSecond", Math.round(bothWaysFramesPerSecond));
        if (boxCpuNsPerFrame > 0) {
            map.put("boxCpuNsPerFrame", Math.round(boxCpuNsPerFrame));
        }
        if (tcpMbitPerSecond > 0) {
            map.put("tcpMbitPerSecond", tcpMbitPerSecond);
            map.put("roundTripP50Us", roundTripP50Us);
            map.put("roundTripP99Us", roundTripP99Us);
        }
        return map;
    }

    /** The mean of two runs of the same box. */
    static Figures mean(Figures a, Figures b) {
        return new Figures(
                (a.oneWayFramesPerSecond + b.oneWayFramesPerSecond) / 2,
                (a.bothWaysFramesPerSecond + b.bothWaysFramesPerSecond) / 2,
                0,
                (a.tcpMbitPerSecond + b.tcpMbitPerSecond) / 2,
                (a.roundTripP50Us + b.roundTripP50Us) / 2,
                (a.roundTripP99Us + b.roundTripP99Us) / 2);
    }

    /** Each figure by that of another box in the same run. */
    Map<String, Object> ratiosTo(Figures bridge) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("oneWay", oneWayFramesPerSecond / bridge.oneWayFramesPerSecond);
        map.put("bothWays", bothWaysFramesPerSecond / bridge.bothWaysFramesPerSecond);
        if (tcpMbitPerSecond > 0) {
            map.put("tcp", tcpMbitPerSecond / bridge.tcpMbitPerSecond);
            map.put("roundTripP50", roundTripP50Us / bridge.roundTripP50Us);
            map.put("roundTripP99", roundTripP99Us / bridge.roundTripP99Us);
        }
        return map;
    }
}
