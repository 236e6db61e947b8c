package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.ChangeNotice;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.FilterTemplate.EnumType;
import io.sallyport.bfe.api.FilterTemplate.Flag;
import io.sallyport.bfe.api.Subscription;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import io.sallyport.shell.command.FakePolicy.FakeSubscription;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code policy watch} and {@code policy subscriptions}; what is told when is the base filtering engine's affair. */
@Timeout(60)
class PolicyWatchTest {
    private static final Set<ChangeType> BOTH = EnumSet.allOf(ChangeType.class);
    private static final int TYPES = 6;

    @TempDir
    private Path directory;

    private FakeGateway gateway;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private OutputStream target = out;

    @BeforeEach
    void makeGateway() {
        gateway = new FakeGateway(directory);
    }

    private int run(String... words) throws InterruptedException {
        PrintStream output = new PrintStream(target, false, StandardCharsets.UTF_8);
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        CommandContext context =
                new CommandContext(gateway, new Principal(Role.ADMIN, "root"), output, errors, directory, 0);
        return Catalogue.run("policy", words, context);
    }

    /** Begins to watch; returns when its subscriptions are there. */
    private CompletableFuture<Integer> watch(int subscriptions, String... options) {
        CompletableFuture<Integer> watching = begin(options);
        await(() -> watching.isDone() || gateway.bfe.subscriptions.size() == subscriptions);
        return watching;
    }

    private CompletableFuture<Integer> begin(String... options) {
        List<String> words = new ArrayList<>(List.of("watch"));
        words.addAll(List.of(options));
        return CompletableFuture.supplyAsync(() -> {
            try {
                return run(words.toArray(String[]::new));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.currentThread().isInterrupted()).as("in vain").isFalse();
            Thread.onSpinWait();
        }
    }

    private FakeSubscription subscription(ObjectType type) {
        return gateway.bfe.subscriptions.stream()
                .filter(it -> TemplateWords.type(it.template()) == type)
                .findFirst()
                .orElseThrow();
    }

    private void tell(ChangeType change, ObjectType type, UUID key, long id) {
        subscription(type).listener().changed(new ChangeNotice(change, type, key, id));
    }

    private static int end(CompletableFuture<Integer> watching) throws ExecutionException, InterruptedException {
        return watching.get();
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private List<Map<String, Object>> lines() {
        return out().lines().map(JsonText::object).toList();
    }

    private static Filter filter(String name, UUID key, long id) {
        return FakeGateway.filter(
                key, name, Layer.STREAM_V4, ActionType.BLOCK, new UUID(0, 1), new UUID(0, 2), null, id);
    }

    @Test
    @Tag("NOTE-1")
    @Tag("NOTE-6")
    void shouldShowEachChangeWithTheNameThatItsNoticeLacks() throws Exception {
        UUID key = new UUID(7, 7);
        CompletableFuture<Integer> watching = watch(TYPES, "-o", "json", "--count", "5");
        gateway.bfe.filters.add(filter("new", key, 9));
        tell(ChangeType.ADD, ObjectType.FILTER, key, 9);
        await(() -> out.size() > 0);
        gateway.bfe.filters.removeIf(it -> it.key().equals(key));
        tell(ChangeType.DELETE, ObjectType.FILTER, key, 9);
        tell(ChangeType.DELETE, ObjectType.FILTER, FakeGateway.WEB, 1);
        tell(ChangeType.ADD, ObjectType.FILTER, FakeGateway.WEB, 8);
        UUID provider = gateway.bfe.providers.get(0).key();
        tell(ChangeType.DELETE, ObjectType.PROVIDER, provider, 0);
        assertThat(end(watching)).isZero();

        List<Map<String, Object>> lines = lines();
        assertThat(lines)
                .extracting(it -> it.get("change"), it -> it.get("type"), it -> it.get("name"), it -> it.get("id"))
                .containsExactly(
                        tuple("add", "filter", "new", 9L),
                        tuple("delete", "filter", "new", 9L),
                        tuple("delete", "filter", "no-web", 1L),
                        // The one of this key is another filter by now.
                        tuple("add", "filter", null, 8L),
                        tuple("delete", "provider", "operator", null));
        assertThat(lines.get(0)).containsOnlyKeys("ts", "change", "type", "key", "id", "name");
        assertThat(lines.get(0)).containsEntry("key", key.toString());
        assertThat(String.valueOf(lines.get(0).get("ts"))).matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]{18}Z");
        assertThat(gateway.bfe.sessions).containsExactly("policy watch");
    }

    @Test
    void shouldShowPeopleALineForEach() throws Exception {
        CompletableFuture<Integer> watching = watch(TYPES, "--count", "2");
        tell(ChangeType.DELETE, ObjectType.FILTER, FakeGateway.WEB, 1);
        tell(ChangeType.ADD, ObjectType.SUBLAYER, new UUID(7, 7), 0);
        assertThat(end(watching)).isZero();
        List<String> lines = out().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0).split(" +", -1)).containsExactly("TIME", "CHANGE", "TYPE", "ID", "NAME", "KEY");
        assertThat(lines.get(1))
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3}  delete  filter +1  no-web +" + FakeGateway.WEB);
        assertThat(lines.get(2)).matches("\\S+  add     sublayer +-  - +" + new UUID(7, 7));
        assertThat(err()).isEmpty();
    }

    @Test
    @Tag("NOTE-2")
    void shouldTellHowManyWereLostInTheirPlace() throws Exception {
        CompletableFuture<Integer> watching = watch(1, "--type", "filter", "-o", "json", "--count", "2");
        tell(ChangeType.DELETE, ObjectType.FILTER, FakeGateway.WEB, 1);
        subscription(ObjectType.FILTER).listener().dropped(17);
        tell(ChangeType.DELETE, ObjectType.FILTER, FakeGateway.WEB, 2);
        assertThat(end(watching)).isZero();
        assertThat(lines()).hasSize(3);
        assertThat(lines().get(1))
                .containsEntry("change", "lost")
                .containsEntry("type", "filter")
                .containsEntry("lost", 17L)
                .containsEntry("error", "NOTIFICATION_DROPPED")
                .containsKey("ts");
        assertThat(err()).startsWith("policy watch: 17 changes of type filter came faster");

        out.reset();
        err.reset();
        watching = watch(1, "--type", "filter", "--count", "1");
        subscription(ObjectType.FILTER).listener().dropped(5);
        tell(ChangeType.DELETE, ObjectType.FILTER, FakeGateway.WEB, 1);
        assertThat(end(watching)).isZero();
        assertThat(out().lines()).as("the heading and the change").hasSize(2);
        assertThat(err()).startsWith("policy watch: 5 changes of type filter").contains("NOTIFICATION_DROPPED");
    }

    /** The options of a run, and what it subscribed to. */
    private List<EnumTemplate<?>> templates(String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("--count", "1"));
        words.addAll(Arrays.asList(options));
        CompletableFuture<Integer> watching = begin(words.toArray(String[]::new));
        // The last of them is there once the heading is.
        await(() -> watching.isDone() || out().contains("TIME"));
        List<FakeSubscription> all = List.copyOf(gateway.bfe.subscriptions);
        assertThat(all).as(err()).isNotEmpty();
        all.get(0).listener().changed(new ChangeNotice(ChangeType.ADD, ObjectType.FILTER, new UUID(0, 0), 0));
        assertThat(end(watching)).as(err()).isZero();
        out.reset();
        assertThat(gateway.bfe.openSessions).isZero();
        assertThat(gateway.bfe.subscriptions).isEmpty();
        List<EnumTemplate<?>> templates = new ArrayList<>();
        all.forEach(it -> templates.add(it.template()));
        return templates;
    }

    private static EnumTemplate.Filters filters(FilterTemplate.Builder template) {
        return new EnumTemplate.Filters(template.build());
    }

    private static FilterTemplate.Builder all() {
        return FilterTemplate.builder().flag(Flag.INCLUDE_BOOTTIME).flag(Flag.INCLUDE_DISABLED);
    }

    @Test
    @Tag("NOTE-4")
    void shouldSubscribeToWhatTheOptionsSay() throws Exception {
        UUID operator = gateway.bfe.providers.get(0).key();
        assertThat(templates())
                .containsExactlyInAnyOrder(
                        filters(all()),
                        new EnumTemplate.Callouts(null, null),
                        new EnumTemplate.Providers(),
                        new EnumTemplate.ProviderContexts(null),
                        new EnumTemplate.Sublayers(null),
                        new EnumTemplate.Sets(null));
        assertThat(templates("--type", "set,sublayer", "--type", "provider"))
                .containsExactlyInAnyOrder(
                        new EnumTemplate.Providers(), new EnumTemplate.Sublayers(null), new EnumTemplate.Sets(null));
        assertThat(templates("--provider", "operator"))
                .as("a provider is nobody's")
                .containsExactlyInAnyOrder(
                        filters(all().provider(operator)),
                        new EnumTemplate.Callouts(operator, null),
                        new EnumTemplate.ProviderContexts(operator),
                        new EnumTemplate.Sublayers(operator),
                        new EnumTemplate.Sets(operator));
        UUID later = new UUID(5, 5);
        assertThat(templates("--provider", later.toString(), "--type", "set"))
                .containsExactly(new EnumTemplate.Sets(later));
        assertThat(templates("--layer", "stream-v4"))
                .containsExactlyInAnyOrder(
                        filters(all().layer(Layer.STREAM_V4)), new EnumTemplate.Callouts(null, Layer.STREAM_V4));
    }

    @Test
    @Tag("NOTE-4")
    void shouldSubscribeToFiltersByAllPartsOfATemplate() throws Exception {
        UUID operator = gateway.bfe.providers.get(0).key();
        UUID words = gateway.bfe.callouts.get(0).key();
        assertThat(templates(
                        "--layer",
                        "stream-v4",
                        "--when",
                        "ip-remote-port=23",
                        "--overlapping",
                        "--callout",
                        "io.sallyport.sample.word-block",
                        "--context-provider",
                        "operator",
                        "--action-mask",
                        "0x4000"))
                .containsExactly(filters(all().layer(Layer.STREAM_V4)
                        .when(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(23)))
                        .type(EnumType.OVERLAPPING)
                        .callout(words)
                        .contextProvider(operator)
                        .actionMask(FilterTemplate.CALLOUT_ACTION)));
        assertThat(templates("--enabled")).containsExactly(filters(FilterTemplate.builder()));
        assertThat(templates("--boot-time"))
                .containsExactly(filters(FilterTemplate.builder().flag(Flag.BOOTTIME_ONLY)));
    }

    @Test
    @Tag("NOTE-4")
    void shouldShowAddsOrDeletesOnlyIfAsked() throws Exception {
        UUID key = new UUID(7, 7);
        for (String asked : List.of("add", "delete")) {
            out.reset();
            CompletableFuture<Integer> watching = watch(
                    1,
                    "--type",
                    "filter",
                    "--count",
                    "2",
                    "-o",
                    "json",
                    "--" + asked + (asked.equals("add") ? "ed" : "d"));
            assertThat(subscription(ObjectType.FILTER).changes())
                    .as("names of what is deleted come from adds")
                    .isEqualTo(asked.equals("add") ? Set.of(ChangeType.ADD) : BOTH);
            for (int id = 2; id <= 3; id++) {
                gateway.bfe.filters.add(filter("new", key, id));
                tell(ChangeType.ADD, ObjectType.FILTER, key, id);
                if (asked.equals("delete")) {
                    tell(ChangeType.DELETE, ObjectType.FILTER, key, id);
                }
            }
            assertThat(end(watching)).isZero();
            assertThat(lines()).extracting(it -> it.get("change")).containsExactly(asked, asked);
        }
        CompletableFuture<Integer> watching = watch(1, "--type", "set", "--added", "--deleted", "--count", "1");
        assertThat(subscription(ObjectType.SET).changes()).isEqualTo(BOTH);
        tell(ChangeType.ADD, ObjectType.SET, key, 0);
        assertThat(end(watching)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--type filters",
                "--type set --layer stream-v4",
                "--type provider --provider operator",
                "--type callout --boot-time",
                "--type sublayer --action-mask 1",
                "--when ip-remote-port=23",
                "--action-mask many",
                "--action-mask 0x100000000",
                "--action-mask -1",
                "--enabled --boot-time",
                "--overlapping --layer stream-v4",
                "--count 0"
            })
    void shouldRefuseWhatMakesNoSense(String options) throws Exception {
        assertThat(run(("watch " + options).split(" ", -1))).isEqualTo(2);
        assertThat(out()).isEmpty();
        assertThat(err()).startsWith("policy watch: " + options.substring(0, options.indexOf(' ')));
        assertThat(gateway.bfe.openSessions).isZero();
        assertThat(gateway.bfe.subscriptions).isEmpty();
    }

    @Test
    void shouldSayWhatIsNotThere() throws Exception {
        assertThat(run("watch", "--provider", "operater")).isEqualTo(1);
        assertThat(err()).contains("there is no provider 'operater'").contains("operator");
        assertThat(run("watch", "--layer", "stream")).isEqualTo(1);
        assertThat(run("watch", "--callout", "nobody")).isEqualTo(1);
        gateway.services.remove(BaseFilteringEngine.class);
        assertThat(run("watch")).isEqualTo(5);
        assertThat(run("subscriptions")).isEqualTo(5);
    }

    @Test
    @Tag("NOTE-4")
    @Tag("NOTE-5")
    void shouldSayWhyThereIsNoSubscription() throws Exception {
        gateway.bfe.refusal = new PolicyException(WfpError.NEVER_MATCH, "no action shares a bit");
        assertThat(run("watch", "--action-mask", "0x8000", "-o", "json")).isEqualTo(4);
        assertThat(out()).contains("\"code\":\"invalid\"").contains("no action shares a bit");
        gateway.bfe.refusal = null;
        gateway.bfe.isDenying = true;
        assertThat(run("watch")).isEqualTo(3);
        assertThat(run("subscriptions")).isEqualTo(3);
        assertThat(gateway.bfe.openSessions).isZero();
        assertThat(gateway.bfe.subscriptions).isEmpty();
    }

    @Test
    void shouldEndWhenTheBaseFilteringEngineStops() throws Exception {
        CompletableFuture<Integer> watching = watch(TYPES, "-o", "json");
        tell(ChangeType.DELETE, ObjectType.FILTER, FakeGateway.WEB, 1);
        gateway.bfe.isAborted = true;
        assertThat(end(watching)).isEqualTo(5);
        assertThat(err()).contains("policy watch: the base filtering engine stops");
        assertThat(lines()).hasSize(2);
        assertThat(lines().get(1)).containsKey("error");
        assertThat(gateway.bfe.openSessions).isZero();
    }

    @Test
    @Tag("NOTE-7")
    void shouldEndItsSessionWhenInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> run("watch")).isInstanceOf(InterruptedException.class);
        assertThat(out()).startsWith("TIME");
        assertThat(gateway.bfe.openSessions).isZero();
        assertThat(gateway.bfe.subscriptions).isEmpty();
    }

    @Test
    void shouldEndWhenTheReaderHasHadEnough() throws Exception {
        target = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("nobody reads");
            }
        };
        assertThat(run("watch")).isZero();
        assertThat(gateway.bfe.openSessions).isZero();
    }

    @Test
    @Tag("NOTE-7")
    void shouldListSubscriptionsWithTheSessionsThatOwnThem() throws Exception {
        UUID operator = gateway.bfe.providers.get(0).key();
        CompletableFuture<Integer> watching =
                watch(2, "--layer", "stream-v4", "--provider", "operator", "--added", "--count", "1");
        assertThat(run("subscriptions", "-o", "json")).isZero();
        String listed = out().substring(out().indexOf('['));
        List<Map<String, Object>> json = JsonText.list(listed);
        Subscription first = gateway.bfe.subscriptions.get(0);
        assertThat(json).hasSize(2);
        assertThat(json.get(0))
                .containsOnlyKeys("session", "name", "principal", "type", "changes", "template", "waiting", "lost")
                .containsEntry("session", first.session().key().toString())
                .containsEntry("name", "policy watch")
                .containsEntry("principal", "user:root")
                .containsEntry("type", "filter")
                .containsEntry("changes", List.of("add"))
                .containsEntry("waiting", 3L)
                .containsEntry("lost", 17L)
                .containsEntry(
                        "template",
                        Map.of(
                                "layer",
                                "stream-v4",
                                "provider",
                                "operator",
                                "flags",
                                List.of("include-boottime", "include-disabled")));
        assertThat(json.get(1)).containsEntry("type", "callout");
        out.reset();
        assertThat(run("subscriptions")).isZero();
        assertThat(out())
                .contains("SESSION KEY", "policy watch", first.session().key().toString())
                .contains("layer stream-v4, provider operator, include-boottime, include-disabled");
        tell(ChangeType.ADD, ObjectType.CALLOUT, operator, 0);
        end(watching);
        out.reset();
        assertThat(run("subscriptions", "-o", "json")).isZero();
        assertThat(JsonText.list(out())).as("it has ended with its session").isEmpty();
    }
}
