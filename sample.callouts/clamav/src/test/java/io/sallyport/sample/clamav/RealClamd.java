package io.sallyport.sample.clamav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's clamd, with one signature of its own: the MD5 and size of EICAR's file. */
final class RealClamd implements AutoCloseable {
    /** Cut in two, so that no scanner takes this file for one. */
    static final String EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

    private static final int MOST_LOOKS = 600;

    private final Process process;
    private final Path socket;
    private final Path log;

    private RealClamd(Process process, Path socket, Path log) {
        this.process = process;
        this.socket = socket;
        this.log = log;
    }

    /** Starts it and waits until it listens; the test is skipped where it is not installed. */
    static RealClamd start(Path folder) throws IOException, InterruptedException {
        Path program = Path.of("/usr/sbin/clamd");
        assumeTrue(Files.isExecutable(program), "clamd is not installed");
        Path signatures = Files.createDirectory(folder.resolve("signatures"));
        Files.writeString(signatures.resolve("eicar.hdb"), "44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test\n");
        Path socket = folder.resolve("clamd");
        Path settings = folder.resolve("clamd.conf");
        Files.writeString(
                settings, "Foreground yes\nLocalSocket " + socket + "\nDatabaseDirectory " + signatures + "\n");
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(program.toString(), "-c", settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean isGone = false;
        for (int i = 0; i < MOST_LOOKS && !Files.exists(socket) && !isGone; i++) {
            isGone = process.waitFor(50, TimeUnit.MILLISECONDS);
        }
        if (!Files.exists(socket)) {
            process.destroyForcibly();
        }
        assertThat(socket).as(Files.readString(log)).exists();
        return new RealClamd(process, socket, log);
    }

    Path socket() {
        return socket;
    }

    /** Whether it has called a file EICAR's. */
    boolean hasFound() throws IOException {
        return Files.readString(log).contains("Eicar-Test.UNOFFICIAL FOUND");
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
