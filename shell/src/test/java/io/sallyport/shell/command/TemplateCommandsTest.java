package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.FilterTemplate.EnumType;
import io.sallyport.bfe.api.FilterTemplate.Flag;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventOptions;
import io.sallyport.gateway.api.NetEventOptions.AuditGroup;
import io.sallyport.gateway.api.NetEventOptions.Keyword;
import io.sallyport.gateway.api.NetEventTemplate;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.WfpError;
import io.sallyport.stack.api.LiveDataPath;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands that list make of their options: templates, which the gateway's services apply. */
class TemplateCommandsTest {
    @TempDir
    private Path directory;

    private FakeGateway gateway;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void makeGateway() {
        gateway = new FakeGateway(directory);
    }

    private int run(String... words) {
        out.reset();
        err.reset();
        PrintStream output = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        CommandContext context =
                new CommandContext(gateway, new Principal(Role.ADMIN, "root"), output, errors, directory, 0);
        try {
            return Catalogue.run(
                    words[0], List.of(words).subList(1, words.length).toArray(String[]::new), context);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private List<Map<String, Object>> list(String... words) {
        assertThat(run(words)).as(err()).isZero();
        return JsonText.list(out());
    }

    private FilterTemplate filterTemplate() {
        return ((EnumTemplate.Filters) gateway.bfe.templates.get(gateway.bfe.templates.size() - 1)).template();
    }

    @Test
    void shouldListAllFiltersUnlessOptionsSayOtherwise() {
        assertThat(run("filter", "list")).isZero();
        assertThat(filterTemplate().flags()).containsExactlyInAnyOrder(Flag.INCLUDE_BOOTTIME, Flag.INCLUDE_DISABLED);
        assertThat(run("filter", "list", "--enabled")).isZero();
        assertThat(filterTemplate()).isEqualTo(FilterTemplate.all());
        assertThat(run("filter", "list", "--boot-time", "--best")).isZero();
        assertThat(filterTemplate().flags()).containsExactlyInAnyOrder(Flag.BOOTTIME_ONLY, Flag.BEST_TERMINATING_MATCH);
        assertThat(gateway.bfe.openSessions).isZero();
    }

    @Test
    @Tag("ENUM-7")
    void shouldFindTheBestOfAnActionBehindHeavierOnesOfOthers() {
        gateway.bfe.filters.clear();
        add("let in", ActionType.PERMIT, 1);
        add("look", ActionType.CALLOUT_INSPECTION, 2);
        add("keep out", ActionType.BLOCK, 3);
        add("keep out, too", ActionType.BLOCK, 4);
        List<Map<String, Object>> found = list("filter", "list", "--best", "--action", "block", "-o", "json");
        assertThat(found).singleElement().satisfies(it -> assertThat(it).containsEntry("name", "keep out"));
        assertThat(filterTemplate().flags()).contains(Flag.SORTED).doesNotContain(Flag.BEST_TERMINATING_MATCH);
        assertThat(list("filter", "list", "--best", "--action", "callout-inspection", "-o", "json"))
                .as("it ends no sublayer")
                .isEmpty();
    }

    /** Heaviest first, as the BFE gives them. */
    private void add(String name, ActionType action, long id) {
        gateway.bfe.filters.add(FakeGateway.filter(
                new UUID(7, id),
                name,
                Layer.STREAM_V4,
                action,
                gateway.bfe.sublayers.get(0).key(),
                gateway.bfe.providers.get(0).key(),
                null,
                id));
    }

    @Test
    void shouldMakeATemplateOfTheOptionsOfFilterList() {
        assertThat(run(
                        "filter",
                        "list",
                        "--layer",
                        "stream-v4",
                        "--provider",
                        "operator",
                        "--callout",
                        "io.sallyport.sample.word-block",
                        "--when",
                        "ip-remote-port=23",
                        "--overlapping",
                        "--context-provider",
                        "operator"))
                .as(err())
                .isZero();
        FilterTemplate template = filterTemplate();
        assertThat(template.contextProvider())
                .isEqualTo(gateway.bfe.providers.get(0).key());
        assertThat(template.layer()).isEqualTo(Layer.STREAM_V4);
        assertThat(template.provider()).isEqualTo(gateway.bfe.providers.get(0).key());
        assertThat(template.callout()).isEqualTo(gateway.bfe.callouts.get(0).key());
        assertThat(template.type()).isEqualTo(EnumType.OVERLAPPING);
        assertThat(template.conditions()).hasSize(1);
        assertThat(gateway.bfe.conditions).containsExactly("stream-v4 ip-remote-port: 23");

        assertThat(list("filter", "list", "--action", "block", "-o", "json"))
                .extracting(it -> it.get("name"))
                .containsExactly("no-web");
    }

    @Test
    void shouldTellHowManyMoreOverlap() {
        gateway.bfe.isOverlappingOnly = filter -> filter.display().name().equals("no-web");
        assertThat(run("filter", "list", "--layer", "ale-auth-connect-v4", "--when", "ip-remote-port=23"))
                .isZero();
        assertThat(out()).doesNotContain("no-web");
        assertThat(err())
                .isEqualTo(
                        "filter list: 1 more match some of that traffic, not all of it: --overlapping lists them, too\n");
        for (String option : List.of("--overlapping", "--best")) {
            assertThat(run("filter", "list", "--layer", "ale-auth-connect-v4", "--when", "ip-remote-port=23", option))
                    .isZero();
            assertThat(err()).as(option).isEmpty();
        }
        assertThat(run("filter", "list", "--layer", "ale-auth-connect-v4")).isZero();
        assertThat(err()).isEmpty();
    }

    @Test
    void shouldRefuseAnIntervalThatEndsBeforeItBegins() {
        assertThat(run("event", "list", "--since", "2h", "--until", "3h")).isEqualTo(2);
        assertThat(err()).contains("--since 2h is after --until 3h");
        assertThat(gateway.events.templates).isEmpty();
        assertThat(run("event", "list", "--since", "3h", "--until", "2h")).isZero();
    }

    @Test
    void shouldSayWhatIsWrongWithATemplate() {
        assertThat(run("filter", "list", "--when", "ip-remote-port=23")).isEqualTo(2);
        assertThat(err()).contains("--when needs --layer");
        assertThat(run("filter", "list", "--action", "blok")).isEqualTo(2);
        assertThat(err()).contains("there is no action 'blok'", "block, permit");
        assertThat(run("filter", "list", "--callout", "x.y")).isEqualTo(1);
        assertThat(err()).contains("there is no callout 'x.y'");
        gateway.bfe.refusal = new PolicyException(WfpError.NEVER_MATCH, "no value fulfils it");
        assertThat(run("filter", "list")).isEqualTo(4);
        assertThat(err()).contains("NEVER_MATCH: no value fulfils it");
        assertThat(gateway.bfe.openSessions).isZero();
    }

    @Test
    void shouldListProvidersSublayersAndContexts() {
        gateway.bfe.contexts.add(new ProviderContext(
                UUID.randomUUID(), DisplayData.of("bad-words"), true, null, Map.of("words", List.of("EVIL")), 9));
        assertThat(list("provider", "list", "-o", "json"))
                .singleElement()
                .satisfies(it -> assertThat(it)
                        .containsEntry("name", "operator")
                        .containsEntry("persistent", true)
                        .containsEntry("filters", 2L));
        assertThat(list("sublayer", "list", "-o", "json"))
                .singleElement()
                .satisfies(it -> assertThat(it)
                        .containsEntry("name", "universal")
                        .containsEntry("weight", 32768L)
                        .containsEntry("filters", 2L));
        assertThat(list("context", "list", "-o", "json"))
                .singleElement()
                .satisfies(
                        it -> assertThat(it).containsEntry("name", "bad-words").containsEntry("id", 9L));
        assertThat(run("context", "list")).isZero();
        assertThat(out()).contains("bad-words", "EVIL");
        assertThat(run("sublayer", "list", "--provider", "operator")).isZero();
        assertThat(gateway.bfe.templates)
                .contains(
                        new EnumTemplate.Sublayers(gateway.bfe.providers.get(0).key()));
        assertThat(run("sublayer", "list", "--provider", "oper")).isEqualTo(1);
        assertThat(err()).contains("there is no provider 'oper'", "operator");
        assertThat(gateway.bfe.openSessions).isZero();
    }

    @Test
    void shouldMakeATemplateOfTheOptionsOfEventList() {
        assertThat(run(
                        "event",
                        "list",
                        "--kind",
                        "drop,fault",
                        "--type",
                        "classify-drop-mac",
                        "--since",
                        "10m",
                        "--until",
                        "2126-01-31T12:00:00Z",
                        "--when",
                        "ip-remote-address=2001:db8::/32"))
                .as(err())
                .isZero();
        NetEventTemplate template = gateway.events.templates.get(0);
        assertThat(template.kinds()).containsExactlyInAnyOrder(NetEvent.Kind.DROP, NetEvent.Kind.FAULT);
        assertThat(template.types()).containsExactly(NetEvent.Type.CLASSIFY_DROP_MAC);
        assertThat(template.from())
                .isBetween(
                        Instant.now().minus(Duration.ofMinutes(15)),
                        Instant.now().minus(Duration.ofMinutes(10)));
        assertThat(template.to()).isEqualTo(Instant.parse("2126-01-31T12:00:00Z"));
        assertThat(gateway.bfe.conditions)
                .as("an address that does not fit IPv4 is tried as IPv6")
                .containsExactly(
                        "ale-auth-connect-v4 ip-remote-address: 2001:db8::/32",
                        "ale-auth-connect-v6 ip-remote-address: 2001:db8::/32");

        assertThat(run("event", "list", "--since", "yesterday")).isEqualTo(2);
        assertThat(err()).contains("--since: 'yesterday' is no time");
        assertThat(run("event", "list", "--type", "drop")).isEqualTo(2);
        assertThat(err()).contains("there is no type 'drop'", "classify-drop, classify-allow, classify-drop-mac");
    }

    @Test
    @Tag("NEV-6")
    void shouldShowAndChangeSettingsOfEvents() {
        assertThat(run("event", "settings")).isZero();
        assertThat(out()).contains("record", "on");
        assertThat(run("event", "settings", "--keyword", "classify-allow,inbound-mcast", "--audit", "packet-drop"))
                .isZero();
        assertThat(gateway.events.options)
                .isEqualTo(new NetEventOptions(
                        true, Set.of(Keyword.CLASSIFY_ALLOW, Keyword.INBOUND_MCAST), Set.of(AuditGroup.PACKET_DROP)));
        assertThat(run("event", "settings", "--record", "off", "--audit", "none", "-o", "json"))
                .isZero();
        assertThat(JsonText.object(out()))
                .containsEntry("record", false)
                .containsEntry("keywords", List.of("inbound-mcast", "classify-allow"))
                .containsEntry("audit", List.of());
        assertThat(run("event", "list")).isEqualTo(1);
        assertThat(err()).contains("NET_EVENTS_DISABLED");
        assertThat(run("event", "settings", "--record", "maybe")).isEqualTo(2);
        assertThat(run("event", "settings", "--keyword", "all")).isEqualTo(2);
        assertThat(err()).contains("there is no keyword 'all'", "inbound-mcast, inbound-bcast, classify-allow");
    }

    @Test
    @Tag("NEV-13")
    void shouldShowConnectionsInTheStatistics() {
        assertThat(run("stats", "show")).isZero();
        assertThat(out()).contains("CONNECTIONS", "outbound IPv4", "ALLOWED", "BLOCKED", "REAUTHORIZATIONS");
        assertThat(run("stats", "show", "-o", "json")).isZero();
        assertThat(JsonText.object(out()).get("connections"))
                .isEqualTo(Map.of(
                        "outbound IPv4",
                        Map.of("active", 2L, "allowed", 5L, "blocked", 6L, "reauthorizations", 7L),
                        "inbound IPv6",
                        withNulls("active", 1L, "allowed", null, "blocked", null, "reauthorizations", null)));
    }

    @Test
    @Tag("NEV-13")
    void shouldShowReauthorizationsAndFiltersOfLayersInTheStatistics() {
        assertThat(run("stats", "show")).isZero();
        assertThat(out().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .containsSubsequence("REAUTHORIZATIONS", "REASON DIRECTION IP VERSION PROTOCOL PERMITTED REFUSED")
                .contains(
                        "policy-change outbound 4 tcp 8 9",
                        "new-inbound-mcast-bcast-packet inbound 6 udp 10 11",
                        "LAYERS FILTERS PERMITS BLOCKS VETOES NO MATCHES",
                        "ale-auth-connect-v4 3 10 3 0 2",
                        "stream-v4 1 0 0 0 0");
        assertThat(run("stats", "show", "-o", "json")).isZero();
        Map<String, Object> all = JsonText.object(out());
        assertThat(all.get("reauthorizations"))
                .asInstanceOf(InstanceOfAssertFactories.list(Object.class))
                .first()
                .isEqualTo(Map.of(
                        "reason",
                        "policy-change",
                        "direction",
                        "outbound",
                        "ipVersion",
                        4L,
                        "protocol",
                        "tcp",
                        "permitted",
                        8L,
                        "refused",
                        9L));
        assertThat(all.get("layers"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry(
                        "stream-v4", Map.of("filters", 1L, "permits", 0L, "blocks", 0L, "vetoes", 0L, "noMatches", 0L));
    }

    @Test
    @Tag("NEV-13")
    void shouldShowWhatIsKnownOfConnectionsWithoutTheRest() {
        gateway.services.remove(LiveDataPath.class);
        assertThat(run("stats", "show", "-o", "json")).isZero();
        assertThat(JsonText.object(out()))
                .containsEntry("reauthorizations", null)
                .containsEntry(
                        "connections",
                        Map.of(
                                "outbound IPv4",
                                withNulls("active", null, "allowed", 5L, "blocked", 6L, "reauthorizations", 7L)));
        gateway.services.remove(NetEvents.class);
        assertThat(run("stats", "show", "-o", "json")).isZero();
        assertThat(JsonText.object(out())).containsEntry("connections", null);
    }

    private static Map<String, Object> withNulls(Object... namesAndValues) {
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
