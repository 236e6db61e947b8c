package io.sallyport.itest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a verb of the assembled product in a process of its own, as the script does. */
final class Verb {

    private static final int FIRST_JDK_THAT_WARNS_OF_UNSAFE = 24;

    private Verb() {}

    /** What a verb said, standard output and error together. */
    record Result(int exitCode, String output) {}

    static Result run(String verb, List<String> arguments) throws Exception {
        Path gateway = Path.of(System.getProperty("gateway.dir"));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        if (Runtime.version().feature() >= FIRST_JDK_THAT_WARNS_OF_UNSAFE) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-jar", gateway.resolve("launcher.jar").toString()));
        command.addAll(List.of("--bundles", gateway.resolve("bundles").toString(), verb));
        command.addAll(arguments);
        Path output = Files.createTempFile("verb", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(verb + " does not end: " + Files.readString(output));
            }
            return new Result(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }
}
