package io.sallyport.port.pcap.live;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs the host's programs, each for a bounded time. Management plane; any thread. */
class Commands {
    private static final long TIMEOUT_S = 10;
    private static final String[] MORE_FOLDERS = {"/usr/sbin", "/sbin", "/usr/bin", "/bin"};

    /**
     * How a program ended.
     *
     * @param status 0 if all went well
     * @param output what it wrote, on either channel
     */
    record Result(int status, String output) {
        boolean isOk() {
            return status == 0;
        }

        /** What it said first. */
        String reason() {
            return output.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .findFirst()
                    .orElse("status " + status);
        }
    }

    /** Where a program is; null if it is not installed. Administrators' folders count, whatever PATH says. */
    @Nullable Path find(String program) {
        String path = System.getenv("PATH");
        String[] folders = path == null ? new String[0] : path.split(":");
        return Stream.concat(Stream.of(folders), Stream.of(MORE_FOLDERS))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /**
     * Runs a program to its end.
     *
     * @param input what it reads; not much
     * @throws IOException if it cannot be run, or does not end in time
     */
    Result run(String input, Path program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Path output = Files.createTempFile("sallyport-", ".txt");
        try {
            builder.redirectOutput(output.toFile());
            Process process = builder.start();
            try {
                try (OutputStream in = process.getOutputStream()) {
                    in.write(input.getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    // It ended without reading: its status says why.
                }
                if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
                    throw new IOException(program + " did not end within " + TIMEOUT_S + " s");
                }
                return new Result(process.exitValue(), Files.readString(output));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(program + " was interrupted", e);
            } finally {
                process.destroyForcibly();
            }
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
