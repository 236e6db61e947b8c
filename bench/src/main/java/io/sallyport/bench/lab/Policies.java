package io.sallyport.bench.lab;

/** Policy files that are measured with. */
public final class Policies {
    private static final String HEAD = """
            apiVersion: sallyport/v1
            provider: operator
            sublayers:
              - {name: bench, weight: 30000}
            """;

    private Policies() {}

    /**
     * Nothing is blocked.
     *
     * @return text of a policy file
     */
    public static String permitAll() {
        return HEAD;
    }

    /**
     * So many filters at each ALE and each transport layer of IPv4, of addresses and ports that the measured traffic does not
     * have: it is compared with them and passes.
     *
     * @param count filters at each layer
     * @return text of a policy file
     */
    public static String filters(int count) {
        StringBuilder text = new StringBuilder(HEAD).append("filters:\n");
        for (int i = 0; i < count; i++) {
            text.append("  - {name: f").append(i);
            text.append(
                    ", layer: [ale-auth-connect-v4, ale-auth-recv-accept-v4, inbound-transport-v4, outbound-transport-v4]");
            text.append(", sublayer: bench, action: block, when: [{ip-remote-address: 10.");
            text.append(i >>> 8).append('.').append(i & 0xFF).append(".0/24}, {ip-remote-port: {range: [");
            text.append(1000 + i % 50 * 100)
                    .append(", ")
                    .append(1099 + i % 50 * 100)
                    .append("]}}]}\n");
        }
        return text.toString();
    }

    /**
     * A plug-in is shown every stream, which passes while it is not there, and datagrams to port 7777, which do not.
     *
     * @param callout its name
     * @return text of a policy file
     */
    public static String watchFlows(String callout) {
        return HEAD + """
                callouts:
                  - {key: CALLOUT, layer: [stream-v4, datagram-data-v4]}
                filters:
                  - {name: watch, layer: stream-v4, sublayer: bench, action: callout-terminating, callout: CALLOUT,
                     flags: [permit-if-callout-unregistered]}
                  - {name: probe, layer: datagram-data-v4, sublayer: bench, when: [{ip-remote-port: 7777}],
                     action: callout-terminating, callout: CALLOUT}
                """.replace("CALLOUT", callout);
    }

    /**
     * A plug-in reads every stream.
     *
     * @return text of a policy file
     */
    public static String countStreams() {
        return HEAD + """
                callouts:
                  - {key: io.sallyport.sample.count, layer: [stream-v4, stream-v6]}
                filters:
                  - {name: read, layer: [stream-v4, stream-v6], sublayer: bench, action: callout-inspection,
                     callout: io.sallyport.sample.count}
                """;
    }
}
