package io.sallyport.itest;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may see whom (docs/architecture.md, "Walls"): class files and manifests of every module, one by one. */
class WallsTest {

    private static final Path ROOT = Path.of("..");

    private static final String[] CALLOUT_API = {
        "io.sallyport.callout", "io.sallyport.policy", "io.sallyport.layer",
    };
    private static final String ENGINE_API = "io.sallyport.engine.api..";
    private static final String STACK_API = "io.sallyport.stack.api..";
    private static final String STACK_SHIM = "io.sallyport.stack.shim..";
    private static final String STACK_PORT = "io.sallyport.stack.port..";
    private static final String BFE_API = "io.sallyport.bfe.api..";
    private static final String BFE_SECURITY = "io.sallyport.bfe.security..";
    private static final String PLUGIN_API = "io.sallyport.plugin.api..";
    private static final String GATEWAY_API = "io.sallyport.gateway.api..";

    /** Module folder to the packages of ours, besides its own, that it may see. */
    private static final Map<String, String[]> SEES = sees();

    private static Map<String, String[]> sees() {
        Map<String, String[]> sees = new TreeMap<>();
        sees.put("callout.api", with());
        sees.put("callout.testkit", with(CALLOUT_API));
        sees.put("api.bundles/engine.api", with(CALLOUT_API));
        sees.put("api.bundles/stack.api", with(CALLOUT_API, ENGINE_API));
        sees.put("api.bundles/bfe.api", with(CALLOUT_API, ENGINE_API));
        sees.put("api.bundles/plugin.api", with());
        sees.put("api.bundles/gateway.api", with(CALLOUT_API, ENGINE_API));
        sees.put("engine.bundle", with(CALLOUT_API, ENGINE_API, GATEWAY_API));
        sees.put("stack.bundle", with(CALLOUT_API, ENGINE_API, STACK_API, STACK_SHIM, STACK_PORT, GATEWAY_API));
        for (String shim : List.of("mac", "network", "transport", "ale", "stream", "icmp.error", "discard")) {
            sees.put("shim.bundles/shim." + shim, with(CALLOUT_API, ENGINE_API, STACK_API, STACK_SHIM, STACK_PORT));
        }
        sees.put("port.bundles/port.pcap", with(CALLOUT_API, STACK_PORT, GATEWAY_API));
        sees.put(
                "bfe.bundle",
                with(CALLOUT_API, ENGINE_API, STACK_API, STACK_PORT, BFE_API, BFE_SECURITY, STACK_SHIM, GATEWAY_API));
        sees.put("deploy.bundle", with(PLUGIN_API, ENGINE_API, GATEWAY_API));
        sees.put("replay.bundle", with(CALLOUT_API, ENGINE_API, STACK_API, STACK_PORT, BFE_API, PLUGIN_API));
        sees.put("run.bundle", with(CALLOUT_API, ENGINE_API, STACK_API, STACK_PORT, BFE_API, PLUGIN_API, GATEWAY_API));
        sees.put(
                "shell",
                with(CALLOUT_API, ENGINE_API, STACK_API, STACK_PORT, BFE_API, BFE_SECURITY, PLUGIN_API, GATEWAY_API));
        for (String sample :
                List.of("count", "word.block", "dns.block", "stream.edit", "tls.sni", "http.filter", "ids", "clamav")) {
            sees.put("sample.callouts/" + sample, with(CALLOUT_API));
        }
        sees.put("sample.callouts/parts", with(CALLOUT_API));
        for (String sample : List.of(
                "geo.block",
                "rate.limit",
                "flow.monitor",
                "port.scan",
                "redirect",
                "nat")) { // these embed sample.callouts/nets
            sees.put("sample.callouts/" + sample, with(CALLOUT_API));
        }
        sees.put("cnf/launcher", with());
        sees.put("cnf/codegen", with());
        return sees;
    }

    private static String[] with(String... packages) {
        return packages;
    }

    private static String[] with(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    @TestFactory
    Stream<DynamicTest> shouldSeeOnlyItsOwnPackagesAndTheContractsItMay() {
        return SEES.entrySet().stream()
                .map(wall -> DynamicTest.dynamicTest(wall.getKey(), () -> check(wall.getKey(), wall.getValue())));
    }

    private static void check(String module, String[] mayBeSeen) {
        JavaClasses classes = new ClassFileImporter().importPath(ROOT.resolve(module + "/target/classes"));
        assertThat(classes).as("classes of " + module).isNotEmpty();
        DescribedPredicate<JavaClass> own = DescribedPredicate.describe(
                "in the module itself",
                seen -> classes.contain(seen.getBaseComponentType().getName()));
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.sallyport..")
                        .and(DescribedPredicate.not(own))
                        .and(DescribedPredicate.not(resideInAnyPackage(mayBeSeen))))
                .check(classes);
    }

    @Test
    void shouldKnowEveryModuleThatHasClasses() throws IOException {
        try (Stream<Path> files =
                Files.find(ROOT, 4, (path, attributes) -> path.endsWith("target/classes") && Files.isDirectory(path))) {
            List<String> modules = files.filter(WallsTest::hasClasses)
                    .map(path -> ROOT.relativize(path.getParent().getParent()).toString())
                    // The second and third are never shipped: they put the real bundles together, to measure them and
                    // for
                    // tests. The last is a library inside of samples, and looked at there.
                    .filter(module -> !List.of(
                                    "port.bundles/pcap4j.wrap",
                                    "bench",
                                    "callout.testkit.engine",
                                    "sample.callouts/nets")
                            .contains(module))
                    .toList();
            assertThat(SEES.keySet()).containsAll(modules);
        }
    }

    private static boolean hasClasses(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".class"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> shouldExportNothingUnlessItIsAContract() {
        return SEES.keySet().stream()
                .filter(module -> !module.startsWith("cnf/") && !module.endsWith("/parts"))
                .map(module -> DynamicTest.dynamicTest(module, () -> {
                    boolean isContract = module.startsWith("callout.") || module.startsWith("api.bundles/");
                    String exports = manifest(module).getMainAttributes().getValue("Export-Package");
                    if (isContract) {
                        assertThat(exports).contains("version=");
                    } else {
                        assertThat(exports).isNull();
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> shouldImportNothingOfOursButCalloutApiInASample() {
        return SEES.keySet().stream()
                .filter(module -> module.startsWith("sample.callouts/") && !module.endsWith("/parts")) // no bundle
                .map(module -> DynamicTest.dynamicTest(module, () -> {
                    String imports = manifest(module).getMainAttributes().getValue("Import-Package");
                    List<String> ours = Stream.of(imports.split(",(?=[a-z])"))
                            .filter(clause -> clause.startsWith("io.sallyport"))
                            .map(clause -> clause.replaceAll(";.*", ""))
                            .toList();
                    assertThat(ours)
                            .isNotEmpty()
                            .isSubsetOf("io.sallyport.callout", "io.sallyport.policy", "io.sallyport.layer");
                }));
    }

    @TestFactory
    Stream<DynamicTest> shouldKeepStaticStateOutOfTheClassifyPlane() {
        return Stream.of("engine.bundle", "stack.bundle")
                .map(module -> DynamicTest.dynamicTest(module, () -> {
                    JavaClasses classes = new ClassFileImporter().importPath(ROOT.resolve(module + "/target/classes"));
                    List<String> mutable = classes.stream()
                            .flatMap(type -> type.getFields().stream())
                            .filter(field ->
                                    field.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.STATIC))
                            .filter(field ->
                                    !field.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.FINAL))
                            .map(field -> field.getFullName())
                            .toList();
                    assertThat(mutable).isEmpty();
                }));
    }

    /** What is timed by the wall clock goes wrong when somebody sets it. */
    @TestFactory
    Stream<DynamicTest> shouldNotReadTheWallClockOnThePath() {
        return SEES.keySet().stream()
                .filter(module -> module.startsWith("shim.bundles/")
                        || List.of("engine.bundle", "stack.bundle", "port.bundles/port.pcap")
                                .contains(module))
                .map(module -> DynamicTest.dynamicTest(module, () -> {
                    JavaClasses classes = new ClassFileImporter().importPath(ROOT.resolve(module + "/target/classes"));
                    assertThat(classes).isNotEmpty();
                    noClasses()
                            .should()
                            .callMethod(System.class, "currentTimeMillis")
                            .check(classes);
                    noClasses()
                            .should()
                            .dependOnClassesThat(resideInAPackage("java.time..")
                                    .and(DescribedPredicate.describe(
                                            "can read a clock", type -> !type.isEquivalentTo(Duration.class))))
                            .check(classes);
                }));
    }

    @Test
    void shouldLetNobodyButTheShimsAndTheStackSpeakToAClassifier() {
        for (String module : List.of("bfe.bundle", "replay.bundle", "port.bundles/port.pcap")) {
            JavaClasses classes = new ClassFileImporter().importPath(ROOT.resolve(module + "/target/classes"));
            noClasses()
                    .that(resideOutsideOfPackage("io.sallyport.engine.."))
                    .should()
                    .dependOnClassesThat(DescribedPredicate.describe(
                            "is Classifier", type -> type.getName().equals("io.sallyport.engine.api.Classifier")))
                    .check(classes);
        }
    }

    private static Manifest manifest(String module) throws IOException {
        try (InputStream in = Files.newInputStream(ROOT.resolve(module + "/target/classes/META-INF/MANIFEST.MF"))) {
            return new Manifest(in);
        }
    }
}
