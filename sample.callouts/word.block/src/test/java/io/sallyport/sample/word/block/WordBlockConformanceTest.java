package io.sallyport.sample.word.block;

import io.sallyport.callout.testkit.conformance.ConformanceSuite;
import io.sallyport.callout.testkit.gateway.TestGateway;

class WordBlockConformanceTest extends ConformanceSuite {
    private static final String POLICY = """
        apiVersion: sallyport/v1
        provider: word-block
        callouts:
          - {key: io.sallyport.sample.word-block, layer: [stream-v4, stream-v6, datagram-data-v4, datagram-data-v6]}
        contexts:
          - {name: bad-words, data: {words: [EVILPAYLOAD]}}
        filters:
          - name: words
            layer: [stream-v4, stream-v6, datagram-data-v4, datagram-data-v6]
            action: callout-unknown
            callout: io.sallyport.sample.word-block
            context: bad-words
        """;

    @Override
    protected TestGateway gateway() {
        return TestGateway.with(WordBlock::new).policy(POLICY);
    }
}
