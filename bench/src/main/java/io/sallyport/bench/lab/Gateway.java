package io.sallyport.bench.lab;

import io.sallyport.bench.net.NetworkNamespace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The product as users start it, {@code ./sallyport run}, between {@code lan0} and {@code wan0} of a namespace. Made with a
 * home of its own; ended by {@link #close}.
 */
public final class Gateway implements AutoCloseable {
    private static final int READY_S = 60;
    private static final int STOP_S = 20;

    private final Path root;
    private final Path home;
    private final Path out;
    private final Path err;
    private final Process process;

    private Gateway(Path root, Path home, Path out, Path err, Process process) {
        this.root = root;
        this.home = home;
        this.out = out;
        this.err = err;
        this.process = process;
    }

    /**
     * Starts a gateway and waits for its {@code ready}.
     *
     * @param lab where it lives; closes it
     * @param namespace has lan0 and wan0
     * @param policy text of a policy file in force from the start
     * @param plugins jars that are in the hot-deploy folder from the start
     * @param environment more of the environment, such as flags for Java
     * @return running
     * @throws IOException with its last words if it does not become ready
     * @throws InterruptedException if the caller is interrupted
     */
    public static Gateway start(
            Lab lab, NetworkNamespace namespace, String policy, List<Path> plugins, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path root = productRoot();
        Path home = Files.createTempDirectory(lab.folder(), "home");
        Path file = Files.writeString(home.resolve("bench-policy.yaml"), policy);
        Files.createDirectories(home.resolve("plugins"));
        for (Path plugin : plugins) {
            Files.copy(
                    plugin, home.resolve("plugins").resolve(plugin.getFileName().toString()));
        }
        Path out = home.resolve("run.out");
        Path err = home.resolve("run.err");
        List<String> command = new ArrayList<>(List.of(Lab.inside(
                namespace,
                root.resolve("sallyport").toString(),
                "run",
                "--lan",
                "lan0",
                "--wan",
                "wan0",
                "--home",
                home.toString(),
                "--policy",
                file.toString())));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new java.io.File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("SALLYPORT_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Gateway gateway = lab.add(new Gateway(root, home, out, err, builder.start()));
        gateway.awaitReady();
        return gateway;
    }

    /**
     * The project's folder, as the script told this process.
     *
     * @return a folder with {@code sallyport} in it
     * @throws IOException if it was not told
     */
    public static Path productRoot() throws IOException {
        String root = System.getProperty("sallyport.root");
        if (root == null) {
            throw new IOException("start the bench by ./sallyport bench: it says where the product is");
        }
        return Path.of(root);
    }

    /**
     * A sample plug-in that the build put together.
     *
     * @param name such as {@code word-block}
     * @return its jar
     * @throws IOException if there is none
     */
    public static Path sample(String name) throws IOException {
        Path jar = productRoot().resolve("target/samples/" + name + ".jar");
        if (!Files.exists(jar)) {
            throw new IOException("there is no sample " + name + ": " + jar + " is missing; build the project");
        }
        return jar;
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_S);
        while (!Files.readString(out).contains("ready")) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                throw new IOException("the gateway does not become ready: "
                        + Files.readString(err).strip());
            }
            Thread.sleep(20);
        }
    }

    /**
     * The gateway's JVM, which the process that was started watches over: its home says which one it is.
     *
     * @return its process id
     * @throws IOException if it does not run
     */
    public long pid() throws IOException {
        String text = Files.readString(home.resolve("run").resolve("lock")).strip();
        if (text.isEmpty()) {
            throw new IOException(
                    "the gateway does not run: " + Files.readString(err).strip());
        }
        return Long.parseLong(text);
    }

    /**
     * Tells whether it still runs.
     *
     * @return false once it has ended
     */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Its hot-deploy folder.
     *
     * @return a folder
     */
    public Path plugins() {
        return home.resolve("plugins");
    }

    /**
     * What it has told the operator until now, line by line.
     *
     * @return the lines, oldest first
     * @throws IOException if they cannot be read
     */
    public Stream<String> notices() throws IOException {
        return noticesSince(0);
    }

    /**
     * How much it has told until now.
     *
     * @return bytes, for {@link #noticesSince}
     * @throws IOException if that cannot be seen
     */
    public long noticesBytes() throws IOException {
        return Files.size(err);
    }

    /**
     * What it has told the operator since a moment, line by line: all that it ever told grows, and who reads that again and again
     * takes the processor that is to be measured.
     *
     * @param bytes what {@link #noticesBytes} said at that moment
     * @return the lines, oldest first; the last one may be told only in part
     * @throws IOException if they cannot be read
     */
    public Stream<String> noticesSince(long bytes) throws IOException {
        try (InputStream in = Files.newInputStream(err)) {
            in.skipNBytes(bytes);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines();
        }
    }

    /**
     * Runs a command in its shell.
     *
     * @param command such as {@code stats show}
     * @return what it printed
     * @throws IOException if it failed
     * @throws InterruptedException if the caller is interrupted
     */
    public String shell(String command) throws IOException, InterruptedException {
        return Commands.run(
                "env",
                "SALLYPORT_JAVA_HOME=" + System.getProperty("java.home"),
                root.resolve("sallyport").toString(),
                "shell",
                "--home",
                home.toString(),
                "-c",
                command);
    }

    /**
     * What it counted: {@code stats show -o json}.
     *
     * @return JSON
     * @throws IOException if it failed
     * @throws InterruptedException if the caller is interrupted
     */
    public String statistics() throws IOException, InterruptedException {
        return shell("stats show -o json");
    }

    /**
     * Asks its JVM: {@code jcmd PID ..}.
     *
     * @param words what to ask
     * @return the answer
     * @throws IOException if it failed
     * @throws InterruptedException if the caller is interrupted
     */
    public String jcmd(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid())));
        command.addAll(List.of(words));
        return Commands.run(command.toArray(String[]::new));
    }

    /** Ends it, by SIGTERM, and if that takes too long by force. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
