package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyReport.Problem;
import io.sallyport.bfe.api.PolicyReport.Severity;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.callout.BfeState;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.layer.Layer;
import io.sallyport.plugin.api.PluginFolder;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.ObjectType;
import io.sallyport.stack.api.LiveDataPath;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each command against a gateway of fakes: what people see, what programs read, what is refused. */
class CommandsTest {
    @TempDir
    private Path directory;

    private FakeGateway gateway;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private int width;
    private Principal principal = new Principal(Role.ADMIN, "root");

    @BeforeEach
    void makeGateway() {
        gateway = new FakeGateway(directory);
    }

    @Test
    void shouldTellTheStatus() {
        assertThat(run("bfe", "status")).isZero();
        assertThat(out()).contains("state", "running", "policy in force", "run-time", "lan0");
        assertThat(JsonText.object(json("bfe", "status")))
                .containsEntry("state", "running")
                .containsEntry("filters", 2L)
                .containsEntry("policyInForce", "run-time")
                .containsEntry("dataPathConnected", true);
        assertThat(gateway.bfe.openSessions).isZero();
    }

    @Test
    void shouldTellTheStatusWithoutTheBfe() {
        gateway.services.remove(BaseFilteringEngine.class);
        gateway.services.remove(FilterEngine.class);
        assertThat(run("bfe", "status", "-o", "json")).isEqualTo(1);
        assertThat(JsonText.object(out())).containsEntry("state", "stopped").containsEntry("revision", null);
        gateway.services.put(BaseFilteringEngine.class, gateway.bfe);
        gateway.bfe.state = BfeState.STOP_PENDING;
        assertThat(run("bfe", "status")).isEqualTo(1);
        assertThat(out()).contains("stop-pending");
    }

    @Test
    void shouldListFilters() {
        assertThat(run("filter", "list")).isZero();
        assertThat(out().lines().toList().get(0)).startsWith("NAME").endsWith("MATCHES");
        assertThat(out()).contains("no-web", "ale-auth-connect-v4", "universal", "0xf000000000000000", "persistent");
        assertThat(JsonText.list(json("filter", "list", "--layer", "stream-v4")))
                .singleElement()
                .satisfies(filter -> assertThat(filter)
                        .containsEntry("name", "words")
                        .containsEntry("callout", "io.sallyport.sample.word-block")
                        .containsEntry("weight", "17293822569102704640")
                        .containsEntry("matches", 0L));
        assertThat(JsonText.list(json("filter", "list"))).hasSize(2);
    }

    private int runLine(String line) {
        String[] words = line.split(" ", -1);
        return run(words[0], java.util.Arrays.copyOfRange(words, 1, words.length));
    }

    @Test
    void shouldTellWhoSomebodyIs() {
        principal = new Principal(Role.VIEWER, "eve");
        gateway.bfe.engineRights = AccessRights.GENERIC_READ;
        assertThat(run("whoami")).isZero();
        assertThat(out()).contains("eve", "viewer", "generic-read");
        assertThat(JsonText.object(json("whoami")))
                .containsEntry("name", "eve")
                .containsEntry("role", "viewer")
                .containsEntry("rights", List.of("generic-read"));
        assertThat(gateway.bfe.principal).isEqualTo(principal);
        assertThat(gateway.bfe.openSessions).isZero();
        gateway.services.remove(BaseFilteringEngine.class);
        assertThat(JsonText.object(json("whoami")))
                .containsEntry("role", "viewer")
                .containsEntry("rights", null);
    }

    @Test
    void shouldListSessions() {
        assertThat(run("session", "list")).isZero();
        assertThat(out()).contains("user:root (admin)", "read-write, 12 ms");
        assertThat(JsonText.list(json("session", "list")))
                .singleElement()
                .satisfies(it -> assertThat(it)
                        .containsEntry("principal", "user:root")
                        .containsEntry("role", "admin")
                        .containsEntry("dynamic", false)
                        .containsEntry("transaction", "read-write"));
    }

    @Test
    void shouldShowAndSetOptionsOfTheEngine() {
        assertThat(run("engine", "set", "txn-watchdog-timeout-ms", "5")).isZero();
        assertThat(gateway.bfe.options).containsEntry(EngineOption.TXN_WATCHDOG_TIMEOUT_MS, 5L);
        assertThat(JsonText.object(json("engine", "show")))
                .containsEntry("txn-watchdog-timeout-ms", 5L)
                .containsEntry("txn-wait-timeout-ms", 15_000L);
        assertThat(run("engine", "set", "txn-watchdog", "5")).isEqualTo(1);
        assertThat(err()).contains("there is no option 'txn-watchdog'", "txn-watchdog-timeout-ms");
        assertThat(run("engine", "set", "txn-watchdog-timeout-ms", "soon")).isEqualTo(2);
        gateway.bfe.isDenying = true;
        assertThat(run("engine", "set", "txn-watchdog-timeout-ms", "6")).isEqualTo(3);
        assertThat(err()).contains("nothing was changed: ERROR_ACCESS_DENIED");
        assertThat(gateway.bfe.options).containsEntry(EngineOption.TXN_WATCHDOG_TIMEOUT_MS, 5L);
    }

    @Test
    void shouldShowAndSetSecurity() {
        SecurityTarget web = SecurityTarget.object(ObjectType.FILTER, FakeGateway.WEB);
        assertThat(run(
                        "security",
                        "set",
                        "filter",
                        "no-web",
                        "--owner",
                        "user:alice",
                        "--allow",
                        "role:viewer=read@this",
                        "--deny",
                        "bundle:com.example.b=delete,write-dac",
                        "--protect",
                        "--unknown-users"))
                .isZero();
        assertThat(out()).contains("user:alice", "deny", "bundle:com.example.b", "inherits nothing");
        assertThat(gateway.bfe.security)
                .containsEntry(
                        web,
                        new SecurityInfo(
                                Trustee.user("alice"),
                                List.of(
                                        AccessEntry.deny(
                                                Trustee.bundle("com.example.b"),
                                                AccessRights.DELETE | AccessRights.WRITE_DAC,
                                                AccessEntry.Scope.ALL),
                                        AccessEntry.allow(
                                                Trustee.role(Role.VIEWER), AccessRights.READ, AccessEntry.Scope.THIS)),
                                true));
        assertThat(JsonText.object(json("security", "show", "filter", "no-web")))
                .containsEntry("owner", "user:alice")
                .containsEntry("protected", true)
                .containsEntry("rights", List.of("generic-read"));
        assertThat(run("security", "set", "filter", "no-web", "--no-entries", "--inherit"))
                .isZero();
        assertThat(gateway.bfe.security).containsEntry(web, SecurityInfo.inherited(Trustee.user("alice")));
        assertThat(run("security", "show", "engine")).isZero();
        assertThat(run("security", "set", "sublayer", "--owner", "role:operator"))
                .isZero();
        assertThat(gateway.bfe.security).containsKey(SecurityTarget.container(ObjectType.SUBLAYER));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "security show filtr|2|is neither engine nor a type; did you mean filter?",
                "security show filter nobody|1|there is no filter 'nobody'",
                "security show engine x|2|there is one engine",
                "security set engine|2|nothing to change",
                "security set engine --owner alice|2|'alice' is nobody",
                "security set engine --owner everyone|2|everyone cannot be an owner",
                "security set engine --owner user:no-such-user-here|2|--unknown-users takes the name",
                "security set engine --allow everyone=read --deny user:rooot=read|2|this machine knows no user 'rooot'",
                "security set engine --allow everyone|2|is no WHO=RIGHTS",
                "security set engine --allow everyone=fly|2|'fly' are no rights; there are add, add-link,",
                "security set engine --allow everyone=read@there|2|neither @this nor @below"
            })
    void shouldNameWhatIsWrongWithSecurity(String row) {
        String[] parts = row.split("\\|", -1);
        assertThat(runLine(parts[0])).as(row).isEqualTo(Integer.parseInt(parts[1]));
        assertThat(err()).contains(parts[2]);
        assertThat(gateway.bfe.security).isEmpty();
    }

    @Test
    @Tag("SEC-7")
    void shouldEndWithExitCodeThreeWithoutARight() {
        gateway.bfe.isDenying = true;
        assertThat(run("filter", "delete", "no-web")).isEqualTo(3);
        assertThat(run("filter", "add", "x", "--layer", "stream-v4", "--action", "block"))
                .isEqualTo(3);
        assertThat(run("security", "set", "engine", "--owner", "user:root")).isEqualTo(3);
        assertThat(gateway.bfe.filters).hasSize(2);
        principal = new Principal(Role.OPERATOR, "alice");
        for (String command : List.of(
                "policy apply p.yaml",
                "policy validate p.yaml",
                "event settings --record off",
                "plugin install x.jar",
                "plugin uninstall com.example.good")) {
            int events = gateway.events.history.size();
            assertThat(runLine(command)).as(command).isEqualTo(3);
            assertThat(err()).contains("is for administrators; user:alice (operator) is none");
            assertThat(gateway.events.history).hasSize(events + 1);
        }
        assertThat(gateway.bfe.read).isNull();
    }

    @Test
    void shouldShowAFilterByNameKeyAndId() {
        for (String name : List.of("no-web", FakeGateway.WEB.toString(), "1")) {
            List<Map<String, Object>> filters = JsonText.list(json("filter", "show", name));
            assertThat(filters)
                    .singleElement()
                    .satisfies(filter -> assertThat(filter)
                            .containsEntry("key", FakeGateway.WEB.toString())
                            .containsEntry("matches", 3L)
                            .containsEntry("yaml", "- name: no-web\n"));
        }
        assertThat(run("filter", "show", "no-web")).isZero();
        assertThat(out())
                .contains("sublayerWeight", "32768", "- name: no-web")
                .contains("0xf000000000000000", "role:admin");
        assertThat(out().lines())
                .filteredOn(line -> line.startsWith("flags"))
                .singleElement()
                .asString()
                .endsWith(" -");
    }

    @Test
    void shouldNameNearFiltersWhenThereIsNone() {
        assertThat(run("filter", "show", "no-wep")).isEqualTo(1);
        assertThat(out()).isEmpty();
        assertThat(err())
                .isEqualTo("filter show: there is no filter 'no-wep'; did you mean no-web?;"
                        + " 'filter list' shows all\n");
        assertThat(run("filter", "list", "--layer", "stream-v5")).isEqualTo(1);
        assertThat(err()).contains("there is no layer 'stream-v5'", "stream-v4");
        assertThat(run("filter", "list", "--provider", "oper")).isEqualTo(1);
        assertThat(err()).contains("there is no provider 'oper'", "operator");
    }

    @Test
    void shouldComposeADocumentForANewFilter() {
        assertThat(run(
                        "filter",
                        "add",
                        "no \"telnet\"",
                        "--layer",
                        "ale-auth-connect-v4,ale-auth-connect-v6",
                        "--action",
                        "block",
                        "--when",
                        "ip-protocol=tcp",
                        "--when",
                        "ip-remote-port: {in: [23, 2323]}",
                        "--when",
                        "ip-remote-address=::1",
                        "--sublayer",
                        "web",
                        "--weight",
                        "exact: 20",
                        "--flag",
                        "clear-action-right",
                        "--lifetime",
                        "static"))
                .isZero();
        assertThat(gateway.bfe.added).containsExactly("""
            apiVersion: sallyport/v1
            provider: "operator"
            filters:
              - name: "no \\"telnet\\""
                layer: ["ale-auth-connect-v4", "ale-auth-connect-v6"]
                action: "block"
                sublayer: "web"
                weight: {exact: 20}
                lifetime: "static"
                flags: ["clear-action-right"]
                when:
                  - ip-protocol: tcp
                  - ip-remote-port: {in: [23, 2323]}
                  - ip-remote-address: "::1"
            """);
    }

    @Test
    void shouldTellWhichFilterWasAdded() {
        gateway.bfe.onAdd = () -> gateway.bfe.filters.add(FakeGateway.filter(
                UUID.randomUUID(),
                "new",
                Layer.STREAM_V4,
                ActionType.BLOCK,
                gateway.bfe.sublayers.get(0).key(),
                gateway.bfe.providers.get(0).key(),
                null,
                3));
        assertThat(run("filter", "add", "new", "--layer", "stream-v4", "--action", "block"))
                .isZero();
        assertThat(out()).startsWith("added new at stream-v4, key ");
    }

    @Test
    void shouldSayWhyAFilterIsRefused() {
        gateway.bfe.report = new PolicyReport(
                "filter add",
                List.of(new Problem(
                        Severity.ERROR,
                        "filter add",
                        4,
                        3,
                        "filter x",
                        "action",
                        "unknown action \"deny\"",
                        List.of("permit", "block"))),
                0,
                0);
        assertThat(run("filter", "add", "x", "--layer", "stream-v4", "--action", "deny"))
                .isEqualTo(4);
        assertThat(err())
                .isEqualTo("filter add: error: filter x: action: unknown action \"deny\"; allowed: permit, block\n");
        assertThat(run("filter", "add", "x", "--layer", "stream-v4", "--action", "block", "--when", "nonsense"))
                .isEqualTo(2);
        assertThat(err()).contains("'nonsense' is no condition");
    }

    @Test
    void shouldSpeakOfNumbersAndWordsAsPeopleDo() {
        assertThat(run("event", "list", "--last", "x")).isEqualTo(2);
        assertThat(err()).startsWith("event list: --last: 'x' is no whole number\n");
        assertThat(run("engine", "set", "txn-wait-timeout-ms", "abc")).isEqualTo(2);
        assertThat(err()).startsWith("engine set: VALUE: 'abc' is no whole number\n");
        assertThat(run("filter", "show", "a", "b", "c")).isEqualTo(2);
        assertThat(err()).contains("there are words too many: b c; put what holds spaces into single quotes");
    }

    @Test
    void shouldDeleteAFilter() {
        assertThat(run("filter", "delete", "no-web")).isZero();
        assertThat(out()).startsWith("deleted no-web at ale-auth-connect-v4\n");
        assertThat(gateway.bfe.filters).extracting(f -> f.display().name()).containsExactly("words");
        assertThat(gateway.bfe.openSessions).isZero();
    }

    @Test
    void shouldDeleteNothingWhenANameIsAmbiguous() {
        gateway.bfe.filters.add(FakeGateway.filter(
                UUID.randomUUID(),
                "no-web",
                Layer.ALE_AUTH_CONNECT_V6,
                ActionType.BLOCK,
                gateway.bfe.sublayers.get(0).key(),
                gateway.bfe.providers.get(0).key(),
                null,
                3));
        assertThat(run("filter", "delete", "no-web")).isEqualTo(1);
        assertThat(err()).contains("2 filters are called 'no-web'", FakeGateway.WEB.toString(), "ale-auth-connect-v6");
        assertThat(gateway.bfe.filters).hasSize(3);
        assertThat(run("filter", "delete", "no-web", "--layer", "ale-auth-connect-v6"))
                .isZero();
        assertThat(gateway.bfe.filters).hasSize(2);
    }

    @Test
    void shouldTellAddedFromRegistered() {
        assertThat(run("callout", "list")).isZero();
        assertThat(out().lines().toList().get(0)).contains("ADDED", "REGISTERED");
        List<Map<String, Object>> callouts = JsonText.list(json("callout", "list"));
        assertThat(callouts).hasSize(2);
        assertThat(callouts.get(0))
                .containsEntry("name", "com.example.other")
                .containsEntry("added", false)
                .containsEntry("registered", true);
        assertThat(callouts.get(1))
                .containsEntry("added", true)
                .containsEntry("registered", false)
                .containsEntry("filters", 1L)
                .containsEntry("unregistered", 4L);
    }

    @Test
    void shouldListLayersAndFields() {
        List<Map<String, Object>> live = JsonText.list(json("layer", "list"));
        assertThat(live)
                .allSatisfy(layer -> assertThat(layer).containsEntry("live", true))
                .anySatisfy(layer -> assertThat(layer)
                        .containsEntry("layer", "ale-auth-connect-v4")
                        .containsEntry("filters", 1L)
                        .containsEntry("blocks", 3L));
        assertThat(JsonText.list(json("layer", "list", "--all"))).hasSize(Layer.COUNT);
        assertThat(JsonText.list(json("layer", "fields", "ale-auth-connect-v4")))
                .anySatisfy(field -> assertThat(field).containsEntry("field", "ip-remote-port"));
        assertThat(run("layer", "fields", "nowhere")).isEqualTo(1);
        assertThat(err()).contains("there is no layer 'nowhere'");
    }

    @Test
    void shouldListFlows() {
        assertThat(run("flow", "list")).isZero();
        assertThat(out()).contains("192.168.1.9:40000", "203.0.113.9:443", "established", "2001:db8:2::9", "61s");
        assertThat(JsonText.list(json("flow", "list")).get(1))
                .containsEntry("proto", "icmpv6")
                .containsEntry("local", "2001:db8:1::9")
                .containsEntry("remotePort", null);
        assertThat(run("flow", "list", "--most", "1")).isZero();
        assertThat(err()).contains("1 of 2 flows");
        assertThat(run("flow", "list", "--most", "0")).isEqualTo(2);
    }

    @Test
    void shouldListEvents() {
        gateway.events.report(NetEvent.Kind.STATE, "one");
        gateway.events.report(NetEvent.Kind.FAULT, "two");
        gateway.events.report(NetEvent.Kind.STATE, "three\u001b[2J");
        assertThat(run("event", "list")).isZero();
        assertThat(out()).contains("one", "two", "three?[2J").doesNotContain("\u001b");
        List<Map<String, Object>> events = JsonText.list(json("event", "list", "--kind", "state", "--last", "1"));
        assertThat(events)
                .singleElement()
                .satisfies(event -> assertThat(event.keySet())
                        .containsExactlyElementsOf(
                                gateway.events.history.get(0).fields().keySet()));
        assertThat(run("event", "list", "--kind", "drops")).isEqualTo(2);
        assertThat(err()).contains("there is no kind 'drops'", "drop, permit");
    }

    @Test
    void shouldListInstallAndUninstallPlugins() throws Exception {
        assertThat(run("plugin", "list")).isZero();
        assertThat(out()).contains("good.jar", "active", "bad.jar", "refused", "it is no jar");
        Files.writeString(directory.resolve("new.jar"), "x");
        Files.writeString(directory.resolve("bad-one.jar"), "x");
        assertThat(run("plugin", "install", "new.jar")).isZero();
        assertThat(out()).isEqualTo("new.jar is active: com.example.new 2.0.0\n");
        assertThat(run("plugin", "install", "bad-one.jar")).isEqualTo(4);
        assertThat(err()).contains("plug-in bad-one.jar is refused: it is no jar");
        assertThat(run("plugin", "install", "none.jar")).isEqualTo(1);
        assertThat(err()).contains(directory + "/none.jar: no such file");
        assertThat(run("plugin", "uninstall", "com.example.good")).isZero();
        assertThat(run("plugin", "uninstall", "good")).isEqualTo(1);
        assertThat(err()).contains("there is no plug-in 'good'", "good.jar");
    }

    @Test
    void shouldCheckAndUpdatePlugins() throws Exception {
        Files.writeString(directory.resolve("new.jar"), "x");
        Files.writeString(directory.resolve("bad-one.jar"), "x");
        Files.writeString(directory.resolve("next.jar"), "x");
        assertThat(run("plugin", "check", "next.jar")).isZero();
        assertThat(out()).contains("acme", "com.example.key", "buffers=1", "com.example.new 1.0.0");
        assertThat(run("plugin", "check", "bad-one.jar")).isEqualTo(4);
        assertThat(err()).contains("bad-one.jar would be refused: it is no jar");
        assertThat(run("plugin", "update", "next.jar")).isZero();
        assertThat(out()).isEqualTo("next.jar is active: com.example.new 2.0.0\n");
        assertThat(run("plugin", "update", "new.jar")).isEqualTo(1);
        assertThat(err()).contains("no such plug-in is installed");
        assertThat(run("plugin", "update", "bad-one.jar")).isEqualTo(4);
    }

    @Test
    void shouldAskForConformance() throws Exception {
        Files.writeString(directory.resolve("leaky.jar"), "x");
        assertThat(run("plugin", "install", "leaky.jar")).isZero();
        assertThat(run("plugin", "update", "leaky.jar")).isZero();
        for (String verb : List.of("install", "update", "check")) {
            assertThat(run("plugin", verb, "leaky.jar", "--conformance")).isEqualTo(4);
            assertThat(err()).contains("refused: conformance check AssociateWithObjects failed: it leaks");
        }
        Files.writeString(directory.resolve("next.jar"), "x");
        assertThat(run("plugin", "check", "next.jar")).isZero();
        assertThat(out()).contains("not tried");
        assertThat(run("plugin", "check", "next.jar", "--conformance")).isZero();
        assertThat(out()).contains("9 checks held");
        assertThat(runLine("trust conformance on")).isZero();
        assertThat(run("trust", "list")).isZero();
        assertThat(out()).contains("conformance").contains("nothing before the suite is passed");
        assertThat(runLine("trust conformance off")).isZero();
        assertThat(run("trust", "list")).isZero();
        assertThat(out()).doesNotContain("conformance");
        assertThat(runLine("trust conformance maybe")).isEqualTo(2);
    }

    @Test
    void shouldTrustVendorsAndFilesAndApproveBudgets() throws Exception {
        Files.writeString(directory.resolve("acme.pem"), "x");
        assertThat(runLine("trust add acme acme.pem --callouts com.acme.*,org.acme --providers com.acme.*"))
                .isZero();
        assertThat(out()).startsWith("acme is trusted: CN=acme, SHA256:");
        assertThat(runLine("trust add acme none.pem --callouts * --providers *"))
                .isEqualTo(1);
        assertThat(runLine("trust add acme acme.pem")).isEqualTo(2);
        assertThat(runLine("trust dev next.jar --for 2d")).isZero();
        assertThat(runLine("trust dev next.jar --for ever")).isEqualTo(2);
        assertThat(runLine("trust dev")).isEqualTo(2);
        assertThat(run("trust", "approve", "com.acme.a", "buffers=2")).isZero();
        assertThat(run("trust", "list")).isZero();
        assertThat(out()).contains("vendor", "com.acme.* org.acme", "1970-01-03T00:00:00Z", "buffers=2");
        assertThat(runLine("trust dev --end")).isZero();
        assertThat(runLine("trust remove acme")).isZero();
        assertThat(runLine("trust remove acme")).isEqualTo(1);
        principal = new Principal(Role.OPERATOR, "alice");
        for (String command : List.of(
                "trust add a b --callouts * --providers *",
                "trust remove a",
                "trust dev x.jar",
                "trust approve a",
                "trust conformance off",
                "plugin check x.jar",
                "plugin update x.jar")) {
            assertThat(runLine(command)).as(command).isEqualTo(3);
        }
    }

    @Test
    void shouldReadPoliciesRelativeToTheClient() throws Exception {
        Files.writeString(directory.resolve("policy.yaml"), "x");
        assertThat(run("policy", "apply", "policy.yaml")).isZero();
        assertThat(gateway.bfe.read).isEqualTo(directory.resolve("policy.yaml"));
        assertThat(out()).contains("is in force: filters 2, tests passed 1");
        assertThat(JsonText.object(json("policy", "validate", "policy.yaml"))).containsEntry("valid", true);
    }

    @Test
    void shouldSayWhatIsWrongWithAPolicy() {
        gateway.bfe.report = new PolicyReport(
                "p.yaml",
                List.of(new Problem(Severity.ERROR, "p.yaml", 4, 3, "filter x", "layer", "unknown layer", List.of())),
                1,
                0);
        assertThat(run("policy", "apply", "p.yaml")).isEqualTo(4);
        assertThat(out()).isEmpty();
        assertThat(err()).contains("p.yaml:4:3: error: filter x: layer: unknown layer", "nothing was changed");
        assertThat(run("policy", "validate", "p.yaml", "-o", "json")).isEqualTo(4);
        assertThat(JsonText.object(out())).containsEntry("valid", false);
    }

    @Test
    void shouldExportAProvider() {
        assertThat(run("policy", "export")).isZero();
        assertThat(out()).isEqualTo("apiVersion: sallyport/v1\nprovider: operator\n");
        assertThat(JsonText.object(json("policy", "export"))).containsEntry("provider", "operator");
        assertThat(run("policy", "export", "--provider", "nobody")).isEqualTo(1);
    }

    @Test
    void shouldShowStatistics() {
        assertThat(run("stats", "show")).isZero();
        assertThat(out()).contains("framesIn", "dropped policy", "flows-expired", "wan0", "ale-auth-connect-v4");
        Map<String, Object> stats = JsonText.object(json("stats", "show"));
        assertThat(stats).containsKeys("ledger", "flows", "counters", "interfaces", "layers", "callouts", "eventsLost");
    }

    @Test
    void shouldListEveryCommandInHelp() {
        assertThat(run("help")).isZero();
        assertThat(out()).contains("filter delete", "event tail", "policy export", "stats show");
        assertThat(run("help", "filter", "add")).isZero();
        assertThat(out()).contains("usage: filter add", "--when");
        assertThat(run("help", "fliter")).isEqualTo(2);
        assertThat(err()).contains("there is no command 'fliter'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"filter list", "policy export", "filter show x", "filter delete x", "callout list"})
    void shouldSayThatTheBfeIsNotRunning(String command) {
        gateway.services.remove(BaseFilteringEngine.class);
        String[] words = command.split(" ");
        assertThat(run(words[0], List.of(words).subList(1, words.length).toArray(new String[0])))
                .isEqualTo(5);
        assertThat(out()).isEmpty();
        assertThat(err()).contains("the base filtering engine is not running");
    }

    @Test
    void shouldSayWhichServiceIsMissing() {
        gateway.services.keySet().removeAll(List.of(NetEvents.class, PluginFolder.class, LiveDataPath.class));
        assertThat(run("event", "list")).isEqualTo(5);
        assertThat(run("plugin", "list")).isEqualTo(5);
        assertThat(err()).contains("the plug-in folder is not running");
        assertThat(run("flow", "list")).isEqualTo(5);
        assertThat(run("stats", "show", "-o", "json")).isZero();
        assertThat(JsonText.object(out())).containsEntry("ledger", null);
    }

    @Test
    void shouldRefuseWrongCommandLines() {
        assertThat(run("filter")).isEqualTo(2);
        assertThat(err()).contains("filter needs one of: list, show, add, delete", "see: filter --help");
        assertThat(run("filter", "lst")).isEqualTo(2);
        assertThat(err()).contains("there is no 'filter lst'", "list");
        assertThat(run("filter", "show")).isEqualTo(2);
        assertThat(err()).contains("NAME|KEY");
        assertThat(run("filter", "list", "-o", "xml")).isEqualTo(2);
        assertThat(err()).contains("xml", "json");
        assertThat(run("bfe", "status", "--colour")).isEqualTo(2);
        assertThat(err()).contains("--colour");
    }

    @Test
    void shouldHelpWhereItsErrorsPointTo() {
        for (String group : Catalogue.names()) {
            assertThat(run(group, "--help")).as(group).isZero();
            assertThat(out()).contains("usage: " + group);
        }
    }

    @Test
    void shouldKeepEveryLineWithinTheWidth() {
        gateway.events.report(NetEvent.Kind.STATE, "x".repeat(300));
        for (int columns : new int[] {40, 80, 132}) {
            width = columns;
            for (String command : List.of(
                    "bfe status",
                    "filter list",
                    "filter show words",
                    "callout list",
                    "layer list",
                    "flow list",
                    "event list",
                    "plugin list",
                    "stats show",
                    "help",
                    "layer fields stream-v4")) {
                String[] words = command.split(" ");
                run(words[0], List.of(words).subList(1, words.length).toArray(new String[0]));
                assertThat(out().lines()).as(command).isNotEmpty().allMatch(line -> line.length() <= columns);
            }
        }
    }

    private String json(String name, String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "-o";
        all[arguments.length + 1] = "json";
        run(name, all);
        assertThat(err()).isEmpty();
        return out();
    }

    private int run(String name, String... arguments) {
        out.reset();
        err.reset();
        try (PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            return Catalogue.run(name, arguments, new CommandContext(gateway, principal, o, e, directory, width));
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
}
