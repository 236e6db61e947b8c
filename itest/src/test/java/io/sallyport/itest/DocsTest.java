package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.internal.file.PolicyFilesImpl;
import io.sallyport.bfe.internal.file.TestBench;
import io.sallyport.bfe.internal.session.BfeImpl;
import io.sallyport.codegen.LayerPages;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.layer.Layer;
import io.sallyport.shim.ale.internal.AleShimFactory;
import io.sallyport.shim.discard.internal.DiscardShimFactory;
import io.sallyport.shim.icmp.error.internal.IcmpErrorShimFactory;
import io.sallyport.shim.mac.internal.MacShimFactory;
import io.sallyport.shim.network.internal.NetworkShimFactory;
import io.sallyport.shim.stream.internal.StreamShimFactory;
import io.sallyport.shim.transport.internal.TransportShimFactory;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.LiveLayers;
import io.sallyport.stack.internal.DataPathFactoryComponent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the documents say is true: their policies are valid, no reason is left out, links lead somewhere. */
class DocsTest {
    private static final Path ROOT = Path.of("..");
    private static final long HOLD_LIMIT_MS = 5_000;
    private static final Pattern POLICY =
            Pattern.compile("^```yaml\\n(apiVersion.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern BLOCK = Pattern.compile("^```.*?^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);

    @TempDir
    Path folder;

    /** Applied by the real base filtering engine, with the tests inside, and without a warning. */
    @TestFactory
    List<DynamicTest> shouldShowOnlyPoliciesThatAreValid() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path document : documents()) {
            String text = Files.readString(document);
            for (MatchResult block : POLICY.matcher(text).results().toList()) {
                long line = text.substring(0, block.start(1)).lines().count() + 1;
                String name = ROOT.relativize(document) + ":" + line;
                tests.add(DynamicTest.dynamicTest(
                        name, () -> assertThat(problems(block.group(1))).isEmpty()));
            }
        }
        assertThat(tests).hasSizeGreaterThan(10);
        return tests;
    }

    @Test
    void shouldExplainEveryReasonOfDrops() throws IOException {
        String text = Files.readString(ROOT.resolve("docs/replay.md"));
        for (DropReason reason : DropReason.values()) {
            assertThat(text).contains("\n| `" + reason.label() + "` | ");
        }
    }

    @Test
    void shouldListTheLayersThatAreClassified() throws IOException {
        Set<Layer> listed = Files.readAllLines(ROOT.resolve("cnf/wfp/live-layers.csv")).stream()
                .skip(1)
                .map(line -> line.substring(0, line.indexOf(',')))
                .map(Layer::byName)
                .collect(Collectors.toSet());

        assertThat(listed).isEqualTo(LiveLayers.all());
    }

    @Test
    void shouldHaveACurrentPageForEveryLiveLayer() throws IOException {
        assertThat(LayerPages.problems(ROOT)).isEmpty();
        Set<String> pages = LiveLayers.all().stream()
                .map(layer -> layer.policyName().replaceFirst("-v[46]", "") + ".md")
                .collect(Collectors.toSet());
        try (Stream<Path> files = Files.list(ROOT.resolve("docs/layers"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(pages);
        }
    }

    @TestFactory
    List<DynamicTest> shouldLinkOnlyToWhatIsThere() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path document : documents()) {
            String name = ROOT.relativize(document).toString();
            tests.add(DynamicTest.dynamicTest(
                    name, () -> assertThat(brokenLinks(document)).isEmpty()));
        }
        return tests;
    }

    /** README.md, docs and the samples' README.md. */
    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        documents.add(ROOT.resolve("README.md"));
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> samples = Files.list(ROOT.resolve("sample.callouts"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
            samples.map(sample -> sample.resolve("README.md"))
                    .filter(Files::exists)
                    .sorted()
                    .forEach(documents::add);
        }
        return documents;
    }

    private List<String> problems(String policy) throws IOException {
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy);
        FilterEngineImpl engine = new FilterEngineImpl("docs");
        TestBench bench = new TestBench(new PlainEngines(), dataPaths());
        try (BfeImpl bfe = new BfeImpl(engine, HOLD_LIMIT_MS, owner -> new PolicyFilesImpl(owner, () -> bench))) {
            return bfe.policyFiles().apply(file).problems().stream()
                    .map(PolicyReport.Problem::format)
                    .toList();
        } finally {
            engine.close();
        }
    }

    private static DataPathFactoryComponent dataPaths() {
        return new DataPathFactoryComponent(List.of(
                new MacShimFactory(),
                new NetworkShimFactory(),
                new TransportShimFactory(),
                new AleShimFactory(),
                new StreamShimFactory(),
                new IcmpErrorShimFactory(),
                new DiscardShimFactory()));
    }

    private static List<String> brokenLinks(Path document) throws IOException {
        String text = BLOCK.matcher(Files.readString(document)).replaceAll("");
        List<String> broken = new ArrayList<>();
        for (MatchResult link : LINK.matcher(text).results().toList()) {
            String target = link.group(1);
            if (target.contains("://")) {
                continue;
            }
            String[] parts = target.split("#", 2);
            Path file = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
            boolean isThere =
                    Files.exists(file) && (parts.length == 1 || anchors(file).contains(parts[1]));
            if (!isThere) {
                broken.add(target);
            }
        }
        return broken;
    }

    private static Set<String> anchors(Path file) throws IOException {
        String text = BLOCK.matcher(Files.readString(file)).replaceAll("");
        return HEADING.matcher(text)
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    /** Engines for the tests inside policies: no callout ever registers. */
    private static final class PlainEngines implements FilterEngineFactory {
        @Override
        public FilterEngine create(String name) {
            return new FilterEngineImpl(name);
        }

        @Override
        public FilterEngine createWithoutCallouts(String name) {
            return new FilterEngineImpl(name);
        }
    }
}
