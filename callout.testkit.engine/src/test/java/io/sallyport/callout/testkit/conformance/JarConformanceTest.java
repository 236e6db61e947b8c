package io.sallyport.callout.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.testkit.conformance.JarConformance.Options;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite over finished jars: what holds, what fails and what it says, what cannot be tried. */
class JarConformanceTest {
    private static final String KEY = "com.example.in-a-jar";
    private static final String POLICY = """
        apiVersion: sallyport/v1
        provider: in-a-jar
        callouts:
          - {key: com.example.in-a-jar, layer: [datagram-data-v4, ale-auth-connect-v4]}
        filters:
          - {name: shown, layer: [datagram-data-v4, ale-auth-connect-v4], action: callout-unknown,
             callout: com.example.in-a-jar}
        """;
    private static final String IMPORTS = "io.sallyport.callout;version=\"[1.0,2)\",io.sallyport.layer";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Path jar(@Nullable String policy, Class<?>... callouts) throws IOException {
        Path file = folder.resolve("plugin.jar");
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-SymbolicName", "com.example.plugin;singleton:=true");
        headers.putValue("Bundle-Version", "1.2.3");
        headers.putValue("Import-Package", IMPORTS);
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            add(jar, classFile(JarCallouts.Quiet.class), content(JarCallouts.Quiet.class));
            for (Class<?> callout : callouts) {
                if (callout != JarCallouts.Quiet.class) {
                    add(jar, classFile(callout), content(callout));
                }
                add(jar, "OSGI-INF/" + callout.getName() + ".xml", description(callout));
            }
            if (policy != null) {
                add(jar, "META-INF/sallyport/policy.yaml", policy.getBytes(StandardCharsets.UTF_8));
            }
        }
        return file;
    }

    private static byte[] description(Class<?> callout) {
        String text = """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="x">
              <service scope="prototype"><provide interface="io.sallyport.callout.Callout"/></service>
              <property name="sallyport.callout.key" type="String" value="KEY"/>
              <implementation class="CLASS"/>
            </scr:component>
            """;
        return text.replace("sallyport.callout.key", io.sallyport.callout.Callout.KEY)
                .replace("KEY", KEY)
                .replace("CLASS", callout.getName())
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        jar.write(content);
        jar.closeEntry();
    }

    private static String classFile(Class<?> type) {
        return type.getName().replace('.', '/') + ".class";
    }

    private static byte[] content(Class<?> type) throws IOException {
        try (InputStream in = type.getClassLoader().getResourceAsStream(classFile(type))) {
            return in.readAllBytes();
        }
    }

    private int run(Path jar, String... more) {
        String[] arguments = Arrays.copyOf(more, more.length + 1);
        arguments[more.length] = jar.toString();
        return JarConformance.run(
                Options.parse(arguments),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void shouldSayOfEachCheckThatItHeld() throws IOException {
        assertThat(run(jar(POLICY, JarCallouts.Quiet.class))).isZero();
        assertThat(lines())
                .containsExactly(
                        "CleanUninstall: held",
                        "MaintainOneTerminating: held",
                        "AssociateWithObjects: held",
                        "UseOwnOrBuiltIn: held",
                        "NoTamperingWith3rdPartyObjects: held",
                        "PacketInjection-NoDeadlocks: held",
                        "StreamInjection-NoStreamStarvation: held",
                        "NoAccessViolations: held",
                        "WFPObjectACLs: held",
                        "com.example.plugin 1.2.3 conforms: 9 checks held");
    }

    @Test
    void shouldNameTheCheckThatALeakFails() throws IOException {
        assertThat(run(jar(POLICY, JarCallouts.Hoarder.class))).isOne();
        assertThat(lines())
                .filteredOn(line -> line.contains("failed"))
                .singleElement()
                .asString()
                .startsWith("AssociateWithObjects: failed: what it keeps grows with every flow that has ended");
        assertThat(lines()).endsWith("com.example.plugin 1.2.3 does not conform: 1 of 9 checks did not hold");
    }

    @Test
    void shouldTellInOneLineWhatACalloutThrows() throws IOException {
        assertThat(run(jar(POLICY, JarCallouts.Thrower.class))).isOne();
        assertThat(lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith(
                                "NoAccessViolations: failed: it throws java.lang.ArithmeticException: of mine at "));
    }

    @Test
    void shouldHoldNothingForWhoCannotBeMade() throws IOException {
        assertThat(run(jar(POLICY, JarCallouts.Unmade.class))).isOne();
        assertThat(lines()).hasSize(10).noneMatch(line -> line.endsWith(": held"));
        assertThat(lines().get(0)).contains("NoClassDefFoundError: com/example/Gone");
    }

    @Test
    void shouldShowAPluginOnlyWhatItImports() throws IOException {
        assertThat(run(jar(POLICY, JarCallouts.Peeker.class)))
                .as(lines().toString())
                .isZero();
    }

    @Test
    void shouldNotPassWhoIsNeverCalled() throws IOException {
        String elsewhere = POLICY.replace("[datagram-data-v4, ale-auth-connect-v4]", "[stream-v4]")
                .replace("action:", "when: [{ip-remote-port: 4}], action:");
        assertThat(run(jar(elsewhere, JarCallouts.Quiet.class))).isOne();
        assertThat(lines().get(0)).contains("the traffic does not reach the callout");
    }

    @Test
    void shouldTakeAPolicyInsteadOfTheOneThatIsCarried() throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), POLICY);
        assertThat(run(jar("no policy", JarCallouts.Quiet.class), "--policy", policy.toString()))
                .isZero();
        assertThat(run(jar("no policy", JarCallouts.Quiet.class))).isOne();
    }

    @Test
    void shouldAnswerInJson() throws IOException {
        assertThat(run(jar(POLICY, JarCallouts.Thrower.class), "-o", "json")).isOne();
        assertThat(lines())
                .singleElement()
                .asString()
                .startsWith("{\"plugin\":\"com.example.plugin 1.2.3\",\"conforms\":false,\"checks\":[{\"callout\":")
                .contains("\"check\":\"CleanUninstall\",\"result\":\"held\",\"reason\":\"\"}")
                .endsWith("}]}");
    }

    @Test
    void shouldSayThatALibraryHasNothingToCheck() throws IOException {
        assertThat(run(jar(null))).isZero();
        assertThat(lines()).containsExactly("com.example.plugin 1.2.3 conforms: not applicable: it has no callout");
    }

    @Test
    void shouldSayWhatCannotBeTried() throws IOException {
        assertThat(run(jar(null, JarCallouts.Quiet.class))).isEqualTo(4);
        assertThat(said()).contains("it carries no policy").contains("META-INF/sallyport/policy.yaml");
        err.reset();
        assertThat(run(folder.resolve("none.jar"))).isEqualTo(4);
        assertThat(said()).contains("it cannot be read");
        err.reset();
        assertThat(run(Files.writeString(folder.resolve("text.jar"), "text"))).isEqualTo(4);
        assertThat(said()).startsWith("sallyport: ").doesNotContain("\n");
    }

    @Test
    void shouldRefuseACommandLineThatItDoesNotUnderstand() {
        for (String line :
                List.of("", "a.jar b.jar", "a.jar --policy", "a.jar -o xml", "a.jar --limit 0", "a.jar -x")) {
            assertThatThrownBy(() -> Options.parse(line.isEmpty() ? new String[0] : line.split(" ", -1)))
                    .as(line)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldEndAlthoughACalloutHangs() throws Exception {
        assertThat(process(1, jar(POLICY, JarCallouts.Hanger.class), "--limit", "2"))
                .singleElement()
                .asString()
                .endsWith("the checks did not come to their end within 2 s");
    }

    @Test
    void shouldSayNothingButItsAnswer() throws Exception {
        assertThat(process(0, jar(POLICY, JarCallouts.Printer.class)))
                .hasSize(10)
                .allMatch(line -> line.endsWith("held"));
    }

    @Test
    void shouldEndWithUsage() throws Exception {
        assertThat(process(2, folder.resolve("a.jar"), "-x"))
                .containsExactly(
                        "sallyport: plugin conform does not know '-x'; try: ./sallyport plugin conform --help");
    }

    /** As a program of its own: its lines. */
    private List<String> process(int exit, Path jar, String... more) throws Exception {
        Path answer = folder.resolve("answer");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                JarConformance.class.getName(),
                jar.toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(answer.toFile())
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            List<String> said = Files.readAllLines(answer);
            assertThat(process.exitValue()).as(said.toString()).isEqualTo(exit);
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
