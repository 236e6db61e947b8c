package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets in a policy file, judged by the real stack, before and after an edit. */
class SetPolicyTest {
    private static final String FILTERS = """
            filters:
              - {name: bad, layer: ale-auth-connect-v4, weight: 3, action: block, when: [{ip-remote-address: {in-set: hosts}}]}
              - {name: bad6, layer: ale-auth-connect-v6, weight: 3, action: block, when: [{ip-remote-address: {in-set: hosts}}]}
              - {name: odd, layer: ale-auth-connect-v4, weight: 2, action: block, when: [{ip-remote-port: {not: {in-set: web}}}]}
            """;

    private final PolicyGateway gateway = new PolicyGateway();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        gateway.close();
    }

    private Path policy(String hosts, String tests) throws IOException {
        return Files.writeString(
                directory.resolve("policy.yaml"),
                "apiVersion: sallyport/v1\nprovider: test\nsets:\n  - {name: hosts, addresses: [" + hosts + "]}\n"
                        + "  - {name: web, ports: [80, 8000-8099]}\n" + FILTERS + "tests:\n" + tests);
    }

    private static String test(String to, String expected) {
        String from = to.startsWith("[") ? "[2001:db8::1]:4000" : "10.0.0.1:4000";
        return "  - {packet: \"tcp " + from + " -> " + to + "\", expect: " + expected + "}\n";
    }

    @Test
    void shouldBlockWhatIsInASetAndWhatIsNot() throws IOException {
        String tests = test("192.0.2.7:80", "block by bad")
                + test("192.0.2.8:80", "permit")
                + test("192.0.2.8:8099", "permit")
                + test("192.0.2.8:8100", "block by odd")
                + test("[2001:db8:7::1]:81", "block by bad6")
                + test("[2001:db8:8::1]:81", "permit");
        Path file = policy("192.0.2.7, \"2001:db8:7::/48\"", tests);
        assertThatCode(() -> gateway.apply(file)).doesNotThrowAnyException();

        String after = test("192.0.2.7:80", "permit") + test("192.0.2.8:80", "block by bad");
        Path edited = policy("192.0.2.8-192.0.2.9", after);
        assertThatCode(() -> gateway.apply(edited)).doesNotThrowAnyException();
    }

    @Test
    void shouldNoticeWhatIsNotAsExpected() throws IOException {
        Path file = policy("192.0.2.7", test("192.0.2.8:80", "block by bad"));
        assertThatThrownBy(() -> gateway.apply(file)).hasMessageContaining("expected block by bad");
    }
}
