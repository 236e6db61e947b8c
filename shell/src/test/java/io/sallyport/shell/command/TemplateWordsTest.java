package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.FilterTemplate.EnumType;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Value;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateWordsTest {
    @TempDir
    private Path directory;

    private FakeGateway gateway;
    private TemplateWords words;

    @BeforeEach
    void makeGateway() throws PolicyException {
        gateway = new FakeGateway(directory);
        try (Session session = gateway.bfe.openSession(SessionOptions.named("test"))) {
            words = new TemplateWords(session.view());
        }
    }

    @Test
    void shouldSayAllOfATemplateThatSelectsNothing() {
        for (EnumTemplate<?> template : new EnumTemplate<?>[] {
            new EnumTemplate.Providers(),
            new EnumTemplate.Sublayers(null),
            new EnumTemplate.Callouts(null, null),
            new EnumTemplate.ProviderContexts(null),
            new EnumTemplate.Sets(null),
            new EnumTemplate.Filters(FilterTemplate.all())
        }) {
            assertThat(words.text(template)).isEqualTo("all");
            assertThat(words.fields(template)).isEmpty();
        }
        assertThat(TemplateWords.type(new EnumTemplate.ProviderContexts(null))).isEqualTo(ObjectType.PROVIDER_CONTEXT);
    }

    @Test
    void shouldCallObjectsByTheirNamesOrElseByTheirKeys() {
        UUID operator = gateway.bfe.providers.get(0).key();
        UUID stranger = new UUID(9, 9);
        assertThat(words.text(new EnumTemplate.Sets(operator))).isEqualTo("provider operator");
        assertThat(words.text(new EnumTemplate.Sublayers(stranger))).isEqualTo("provider " + stranger);
        assertThat(words.fields(new EnumTemplate.ProviderContexts(operator))).isEqualTo(Map.of("provider", "operator"));
        assertThat(words.text(new EnumTemplate.Callouts(operator, Layer.STREAM_V4)))
                .isEqualTo("layer stream-v4, provider operator");
        assertThat(words.text(new EnumTemplate.Filters(FilterTemplate.builder()
                        .callout(gateway.bfe.callouts.get(0).key())
                        .contextProvider(operator)
                        .actionMask(FilterTemplate.CALLOUT_ACTION)
                        .build())))
                .isEqualTo("callout io.sallyport.sample.word-block, context provider operator, action mask 0x4000");
    }

    @Test
    void shouldWriteConditionsAsPeopleDo() {
        FilterTemplate template = FilterTemplate.builder()
                .layer(Layer.ALE_AUTH_CONNECT_V4)
                .type(EnumType.OVERLAPPING)
                .when(new Condition(
                        Field.IP_REMOTE_PORT, MatchType.RANGE, new Value.Range(Value.uint16(80), Value.uint16(90))))
                .when(new Condition(
                        Field.IP_REMOTE_ADDRESS, MatchType.EQUAL, new Value.V4AddressMask(0xc0a80100, 0xffffff00)))
                .when(new Condition(Field.IP_LOCAL_ADDRESS, MatchType.EQUAL, Value.uint32(0xc0a80101L)))
                .when(new Condition(
                        Field.IP_LOCAL_PORT, MatchType.EQUAL, new Value.InSet(new UUID(8, 8), SetKind.PORTS)))
                .build();
        assertThat(words.text(new EnumTemplate.Filters(template)))
                .isEqualTo("layer ale-auth-connect-v4, when ip-remote-port range 80 to 90 and ip-remote-address equal"
                        + " 192.168.1.0/24 and ip-local-address equal 192.168.1.1 and ip-local-port equal set "
                        + new UUID(8, 8) + ", match overlapping");
        FilterTemplate v6 = FilterTemplate.builder()
                .when(new Condition(
                        Field.IP_REMOTE_ADDRESS,
                        MatchType.EQUAL,
                        new Value.V6AddressMask(0x2001_0db8_0000_0000L, 0, 32)))
                .when(new Condition(
                        Field.IP_LOCAL_ADDRESS, MatchType.EQUAL, new Value.Bytes(DataType.BYTE_ARRAY16, new byte[16])))
                .build();
        assertThat(words.text(new EnumTemplate.Filters(v6)))
                .startsWith("when ip-remote-address equal 2001:db8::/32 and ip-local-address equal ::");
    }
}
