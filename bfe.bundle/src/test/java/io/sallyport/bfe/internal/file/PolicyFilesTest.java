package io.sallyport.bfe.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.internal.Bench;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFilesTest {
    private static final String EXAMPLE = """
            apiVersion: sallyport/v1
            provider: operator
            lifetime: persistent
            sublayers:
              - {name: web, weight: 30000}
            callouts:
              - {key: io.sallyport.sample.word-block, layer: [stream-v4, stream-v6]}
            contexts:
              - {name: bad-words, data: {words: [EVILPAYLOAD]}}
            filters:
              - name: no-telnet
                layer: ale-auth-connect-v4
                sublayer: web
                weight: 10
                when: [{ip-protocol: tcp}, {ip-remote-port: {in: [23, 2323]}}, {ip-remote-address: {not: 192.0.2.0/24}}]
                action: block
                flags: []
              - {name: words, layer: [stream-v4, stream-v6], sublayer: web, action: callout-unknown, callout: io.sallyport.sample.word-block, context: bad-words}
            """;

    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void setUp() {
        bench = new Bench(folder);
    }

    @Test
    void shouldApplyTheExampleOfTheDesign() {
        PolicyReport report = bench.apply(EXAMPLE);

        assertThat(report.problems()).isEmpty();
        assertThat(report.filters()).isEqualTo(3);
        assertThat(bench.engine.current().filters())
                .extracting(it -> it.name() + " " + it.layer())
                .containsExactly("no-telnet ALE_AUTH_CONNECT_V4", "words STREAM_V4", "words STREAM_V6");
        assertThat(bench.engine.current().filters().get(1).providerContext()).containsKey("words");
        assertThat(bench.engine.current().revision()).isEqualTo(bench.bfe.revision());
    }

    @Test
    void shouldPublishNothingWhenTheContentIsTheSame() {
        bench.apply(EXAMPLE);
        int published = bench.engine.published.size();

        PolicyReport report = bench.apply(EXAMPLE);

        assertThat(report.problems()).isEmpty();
        assertThat(bench.engine.published).hasSize(published);
    }
}
