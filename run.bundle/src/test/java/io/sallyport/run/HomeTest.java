package io.sallyport.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
    private static final Map<String, Home.Content> SHIPPED =
            Map.of("boot-policy.yaml", () -> new ByteArrayInputStream("shipped".getBytes(UTF_8)));

    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void path() {
        path = folder.resolve("a/home");
    }

    @Test
    void shouldMakeFoldersAndCopyWhatIsShipped() throws Exception {
        try (HomeLock lock = home().claim(SHIPPED)) {
            assertThat(lock).isNotNull();
            assertThat(path.toFile().list()).containsExactlyInAnyOrder("etc", "plugins", "store", "log", "run");
            assertThat(path.resolve("etc").toFile().list()).containsExactly("boot-policy.yaml");
            assertThat(path.resolve("etc/boot-policy.yaml")).hasContent("shipped");
            assertThat(path.resolve("store")).isEmptyDirectory();
            assertThat(Files.getPosixFilePermissions(path.resolve("run")))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void shouldCloseARunFolderThatIsOpenToOthers() throws Exception {
        Files.createDirectories(path.resolve("run"));
        Files.setPosixFilePermissions(path.resolve("run"), PosixFilePermissions.fromString("rwxrwxrwx"));
        home().claim(SHIPPED).close();
        assertThat(Files.getPosixFilePermissions(path.resolve("run")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void shouldNeverOverwriteWhatAnOperatorEdited() throws Exception {
        Files.createDirectories(path.resolve("etc"));
        Files.writeString(path.resolve("etc/boot-policy.yaml"), "edited");
        home().claim(SHIPPED).close();
        assertThat(path.resolve("etc/boot-policy.yaml")).hasContent("edited");
    }

    @Test
    void shouldNameTheProcessThatHasTheHome() throws Exception {
        HomeLock first = home().claim(SHIPPED);
        assertThat(path.resolve("run/lock")).hasContent(ProcessHandle.current().pid() + "");
        RunException refused = refused(home());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.line())
                .isEqualTo("home " + path + " is used by process "
                        + ProcessHandle.current().pid() + "; stop it or choose another --home");
        first.close();
        home().claim(SHIPPED).close();
        assertThat(path.resolve("run/lock")).isEmptyFile();
    }

    @Test
    void shouldRefuseADiskThatIsAlmostFullAndGiveTheHomeBack() throws Exception {
        RunException refused = refused(new Home(path, any -> Home.LEAST_FREE_BYTES - 1));
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.line())
                .isEqualTo("the disk of home " + path
                        + " is full: 8191 KiB are free, the gateway needs 8 MiB; make room or choose another --home");
        home().claim(SHIPPED).close();
    }

    @Test
    void shouldNameTheFolderWhenADiskTakesNothingMore() {
        RunException refused = refused(failing(new FileSystemException("x", null, "No space left on device")));
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.line())
                .isEqualTo("the disk of home " + path + " is full; make room or choose another --home");
    }

    @Test
    void shouldNameTheFolderWhenADiskIsReadOnly() {
        RunException refused = refused(failing(new FileSystemException("x", null, "Read-only file system")));
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.line())
                .isEqualTo("home " + path + " cannot be used: Read-only file system; choose another --home");
    }

    @Test
    void shouldExitWith3WithoutTheRights() {
        RunException refused = refused(failing(new AccessDeniedException("/x/store")));
        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.line())
                .isEqualTo("home " + path
                        + " may not be written by this user (/x/store); run as root or choose another --home");
    }

    @Test
    void shouldRefuseAFileAsHome() throws IOException {
        Files.createDirectories(path.getParent());
        Files.createFile(path);
        RunException refused = refused(home());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.line()).contains(path + " is a file");
    }

    private Home home() {
        return new Home(path, any -> Home.LEAST_FREE_BYTES);
    }

    private Home failing(IOException e) {
        return new Home(path, any -> {
            throw e;
        });
    }

    private static RunException refused(Home home) {
        return catchThrowableOfType(RunException.class, () -> home.claim(SHIPPED));
    }
}
